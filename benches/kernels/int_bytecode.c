/* A little stack machine: one big switch, which becomes a br_table. */
#include "kernel.h"

enum { PUSH, ADD, SUB, MUL, XOR, SHIFT, DUP, SWAP, LOAD, STORE, LESS, JUMP_IF, JUMP, HALT };

/* Counts v1 up to v0 and stirs v2 and v3 on the way. */
static const u8 program[] = {
    PUSH, 0, STORE, 1,                                    /*  0 v1 = 0        */
    LOAD, 1, LOAD, 0, LESS, JUMP_IF, 13,                  /*  4 v1 < v0 ? 13  */
    JUMP, 44,                                             /* 11 else end      */
    LOAD, 2, PUSH, 31, MUL, LOAD, 1, ADD, STORE, 2,       /* 13 v2 = v2*31+v1 */
    LOAD, 3, LOAD, 2, DUP, SHIFT, XOR, STORE, 3,          /* 23 v3 ^= v2>>7   */
    LOAD, 1, PUSH, 1, SWAP, ADD, STORE, 1,                /* 32 v1 = 1 + v1   */
    JUMP, 4, HALT, HALT,                                  /* 40               */
    HALT,                                                 /* 44               */
};

static u32 variables[8];
static u32 stack[16];

static void interpret(void) {
    u32 top = 0;
    const u8 *at = program;
    for (;;) {
        switch (*at++) {
        case PUSH: stack[top++] = *at++; break;
        case ADD: top--, stack[top - 1] += stack[top]; break;
        case SUB: top--, stack[top - 1] -= stack[top]; break;
        case MUL: top--, stack[top - 1] *= stack[top]; break;
        case XOR: top--, stack[top - 1] ^= stack[top]; break;
        case SHIFT: top--, stack[top - 1] = stack[top] >> 7; break;
        case DUP: stack[top] = stack[top - 1], top++; break;
        case SWAP: {
            u32 held = stack[top - 1];
            stack[top - 1] = stack[top - 2];
            stack[top - 2] = held;
            break;
        }
        case LOAD: stack[top++] = variables[*at++]; break;
        case STORE: variables[*at++] = stack[--top]; break;
        case LESS: top--, stack[top - 1] = stack[top - 1] < stack[top]; break;
        case JUMP_IF:
            if (stack[--top])
                at = program + *at;
            else
                at++;
            break;
        case JUMP: at = program + *at; break;
        default: return;
        }
    }
}

EXPORT("run") i64 run(i32 n) {
    for (int i = 0; i < 8; i++)
        variables[i] = 0;
    variables[0] = (u32)n;
    interpret();
    return (i64)((u64)variables[2] << 32 | variables[3]);
}
