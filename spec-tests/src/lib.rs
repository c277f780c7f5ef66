//! The conformance runner and its report.
