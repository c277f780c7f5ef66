//! Moves: whole vectors, parts of them, single lanes.

macro_rules! move_rows {
    ($callback:ident! $($before:tt)*) => {
        avx512_rows! {
            $callback!
            $($before)*
            // Whole vectors.
            Movaps           Np  M0F 0x28 Move        Any    SSE2   AVX   F0      FullMem / Np M0F 0x29 0 FullMem;
            Movapd           P66 M0F 0x28 Move        Any    SSE2   AVX   F1      FullMem / P66 M0F 0x29 0 FullMem;
            Movups           Np  M0F 0x10 Move        Any    SSE2   AVX   F0      FullMem / Np M0F 0x11 0 FullMem;
            Movupd           P66 M0F 0x10 Move        Any    SSE2   AVX   F1      FullMem / P66 M0F 0x11 0 FullMem;
            Movdqa           P66 M0F 0x6F Move        Any    SSE2   AVX   F0      FullMem / P66 M0F 0x7F 0 FullMem;
            Movdqu           F3  M0F 0x6F Move        Any    SSE2   AVX   F0      FullMem / F3 M0F 0x7F 0 FullMem;
            Vmovdqa64        P66 M0F 0x6F Move        Any    NO     NO    F1      FullMem / P66 M0F 0x7F 0 FullMem;
            Vmovdqu8         F2  M0F 0x6F Move        Any    NO     NO    BW0     FullMem / F2 M0F 0x7F 0 FullMem;
            Vmovdqu16        F2  M0F 0x6F Move        Any    NO     NO    BW1     FullMem / F2 M0F 0x7F 0 FullMem;
            Vmovdqu64        F3  M0F 0x6F Move        Any    NO     NO    F1      FullMem / F3 M0F 0x7F 0 FullMem;

            // Parts of vectors.
            Movss            F3  M0F 0x10 MoveScalar  Scalar SSE2   AVX   F0      Scalar / F3 M0F 0x11 0 Scalar;
            Movsd            F2  M0F 0x10 MoveScalar  Scalar SSE2   AVX   F1      Scalar / F2 M0F 0x11 0 Scalar;
            Movd             P66 M0F 0x6E MoveMem     Xmm    SSE2   AVX   F0      Scalar / P66 M0F 0x7E 0 Scalar;
            Movq             F3  M0F 0x7E Move        Xmm    SSE2   AVX   F1      Scalar / P66 M0F 0xD6 0 Scalar;
            Movlps           Np  M0F 0x12 ThreeMem    Xmm    SSE2   AVX   F0      Fixed8 / Np M0F 0x13 0 Fixed8;
            Movhps           Np  M0F 0x16 ThreeMem    Xmm    SSE2   AVX   F0      Fixed8 / Np M0F 0x17 0 Fixed8;
            Movlpd           P66 M0F 0x12 ThreeMem    Xmm    SSE2   AVX   F1      Fixed8 / P66 M0F 0x13 0 Fixed8;
            Movhpd           P66 M0F 0x16 ThreeMem    Xmm    SSE2   AVX   F1      Fixed8 / P66 M0F 0x17 0 Fixed8;
            Movhlps          Np  M0F 0x12 ThreeReg    Xmm    SSE2   AVX   F0      Full;
            Movlhps          Np  M0F 0x16 ThreeReg    Xmm    SSE2   AVX   F0      Full;
            Movddup          F2  M0F 0x12 Two         Any    SSE3   AVX   F1      Dup;
            Movsldup         F3  M0F 0x12 Two         Any    SSE3   AVX   F0      FullMem;
            Movshdup         F3  M0F 0x16 Two         Any    SSE3   AVX   F0      FullMem;

            // One lane from and to elsewhere.
            Pinsrb           P66 M3A 0x20 Insert      Xmm    SSE41  AVX   BW0     Byte;
            Pinsrw           P66 M0F 0xC4 Insert      Xmm    SSE2   AVX   BW0     Word;
            Pinsrd           P66 M3A 0x22 Insert      Xmm    SSE41  AVX   DQ0     Scalar;
            Pinsrq           P66 M3A 0x22 Insert      Xmm    SSE41W AVXW  DQ1     Scalar;
            Pextrb           P66 M3A 0x14 Extract     Xmm    SSE41  AVX   BW0     Byte;
            Pextrw           P66 M3A 0x15 Extract     Xmm    SSE41  AVX   BW0     Word;
            Pextrd           P66 M3A 0x16 Extract     Xmm    SSE41  AVX   DQ0     Scalar;
            Pextrq           P66 M3A 0x16 Extract     Xmm    SSE41W AVXW  DQ1     Scalar;

            // One lane to all.
            Vbroadcastss     P66 M38 0x18 Two         Any    NO     AVX2  F0      Scalar;
            Vbroadcastsd     P66 M38 0x19 Two         Ymm    NO     AVX2  F1      Scalar;
            Vbroadcastf128   P66 M38 0x1A TwoMem      Ymm    NO     AVX   F0      M128;
            Vbroadcasti128   P66 M38 0x5A TwoMem      Ymm    NO     AVX2  F0      M128;
            Vpbroadcastb     P66 M38 0x78 Broadcast   Any    NO     AVX2  BW0     Byte / P66 M38 0x7A 0 Full;
            Vpbroadcastw     P66 M38 0x79 Broadcast   Any    NO     AVX2  BW0     Word / P66 M38 0x7B 0 Full;
            Vpbroadcastd     P66 M38 0x58 Broadcast   Any    NO     AVX2  F0      Scalar / P66 M38 0x7C 0 Full;
            Vpbroadcastq     P66 M38 0x59 Broadcast   Any    NO     AVX2  F1      Scalar / P66 M38 0x7C 0 Full;
        }
    };
}
