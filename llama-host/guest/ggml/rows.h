// Operations on rows of floats that are computed in ggml's place.
#ifndef GUEST_GGML_ROWS_H
#define GUEST_GGML_ROWS_H

#include "ggml.h"

// Whether this is one of them.
bool takes_rows(const ggml_tensor *op);

// Computes one of them.
void compute_rows(ggml_tensor *op);

#endif
