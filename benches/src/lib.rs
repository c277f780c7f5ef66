//! This engine and its rivals on the same work.
