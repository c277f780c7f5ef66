// Operations on rows of floats that the kernels compute in ggml's place.
#ifndef GUEST_GGML_ROWS_H
#define GUEST_GGML_ROWS_H

#include "ggml.h"

// Whether the kernels compute this operation.
bool takes_rows(const ggml_tensor *op);

// Computes one that they take.
void compute_rows(ggml_tensor *op);

#endif
