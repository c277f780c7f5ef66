// Rotary position embeddings, computed in ggml's place.
#ifndef GUEST_GGML_ROPE_H
#define GUEST_GGML_ROPE_H

#include "ggml.h"

// Whether this is a rotation of whole heads by angles that are the position times a power: nothing that stretches
// contexts further.
bool takes_rope(const ggml_tensor *op);

// Computes one. The bits are those of ggml.
void rope(ggml_tensor *op);

#endif
