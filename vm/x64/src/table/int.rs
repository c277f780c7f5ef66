//! Integers: arithmetic, bits, comparisons, shifts, lanes.

macro_rules! int_rows {
    ($callback:ident! $($before:tt)*) => {
        move_rows! {
            $callback!
            $($before)*
            // Arithmetic.
            Paddb            P66 M0F 0xFC Three       Any    SSE2   INT   BW0     FullMem;
            Paddw            P66 M0F 0xFD Three       Any    SSE2   INT   BW0     FullMem;
            Paddd            P66 M0F 0xFE Three       Any    SSE2   INT   F0      Full;
            Paddq            P66 M0F 0xD4 Three       Any    SSE2   INT   F1      Full;
            Psubb            P66 M0F 0xF8 Three       Any    SSE2   INT   BW0     FullMem;
            Psubw            P66 M0F 0xF9 Three       Any    SSE2   INT   BW0     FullMem;
            Psubd            P66 M0F 0xFA Three       Any    SSE2   INT   F0      Full;
            Psubq            P66 M0F 0xFB Three       Any    SSE2   INT   F1      Full;
            Paddsb           P66 M0F 0xEC Three       Any    SSE2   INT   BW0     FullMem;
            Paddsw           P66 M0F 0xED Three       Any    SSE2   INT   BW0     FullMem;
            Paddusb          P66 M0F 0xDC Three       Any    SSE2   INT   BW0     FullMem;
            Paddusw          P66 M0F 0xDD Three       Any    SSE2   INT   BW0     FullMem;
            Psubsb           P66 M0F 0xE8 Three       Any    SSE2   INT   BW0     FullMem;
            Psubsw           P66 M0F 0xE9 Three       Any    SSE2   INT   BW0     FullMem;
            Psubusb          P66 M0F 0xD8 Three       Any    SSE2   INT   BW0     FullMem;
            Psubusw          P66 M0F 0xD9 Three       Any    SSE2   INT   BW0     FullMem;
            Pavgb            P66 M0F 0xE0 Three       Any    SSE2   INT   BW0     FullMem;
            Pavgw            P66 M0F 0xE3 Three       Any    SSE2   INT   BW0     FullMem;
            Psadbw           P66 M0F 0xF6 Three       Any    SSE2   INT   BW0     FullMem;
            Pmullw           P66 M0F 0xD5 Three       Any    SSE2   INT   BW0     FullMem;
            Pmulhw           P66 M0F 0xE5 Three       Any    SSE2   INT   BW0     FullMem;
            Pmulhuw          P66 M0F 0xE4 Three       Any    SSE2   INT   BW0     FullMem;
            Pmaddwd          P66 M0F 0xF5 Three       Any    SSE2   INT   BW0     FullMem;
            Pmuludq          P66 M0F 0xF4 Three       Any    SSE2   INT   F1      Full;
            Pmulld           P66 M38 0x40 Three       Any    SSE41  INT   F0      Full;
            Pmuldq           P66 M38 0x28 Three       Any    SSE41  INT   F1      Full;
            Pmulhrsw         P66 M38 0x0B Three       Any    SSSE3  INT   BW0     FullMem;
            Pmaddubsw        P66 M38 0x04 Three       Any    SSSE3  INT   BW0     FullMem;
            Phaddw           P66 M38 0x01 Three       Any    SSSE3  INT   NO      FullMem;
            Phaddd           P66 M38 0x02 Three       Any    SSSE3  INT   NO      FullMem;
            Phaddsw          P66 M38 0x03 Three       Any    SSSE3  INT   NO      FullMem;
            Phsubw           P66 M38 0x05 Three       Any    SSSE3  INT   NO      FullMem;
            Phsubd           P66 M38 0x06 Three       Any    SSSE3  INT   NO      FullMem;
            Psignb           P66 M38 0x08 Three       Any    SSSE3  INT   NO      FullMem;
            Psignw           P66 M38 0x09 Three       Any    SSSE3  INT   NO      FullMem;
            Psignd           P66 M38 0x0A Three       Any    SSSE3  INT   NO      FullMem;
            Pabsb            P66 M38 0x1C Two         Any    SSSE3  INT   BW0     FullMem;
            Pabsw            P66 M38 0x1D Two         Any    SSSE3  INT   BW0     FullMem;
            Pabsd            P66 M38 0x1E Two         Any    SSSE3  INT   F0      Full;
            Pminub           P66 M0F 0xDA Three       Any    SSE2   INT   BW0     FullMem;
            Pminsw           P66 M0F 0xEA Three       Any    SSE2   INT   BW0     FullMem;
            Pmaxub           P66 M0F 0xDE Three       Any    SSE2   INT   BW0     FullMem;
            Pmaxsw           P66 M0F 0xEE Three       Any    SSE2   INT   BW0     FullMem;
            Pminsb           P66 M38 0x38 Three       Any    SSE41  INT   BW0     FullMem;
            Pminsd           P66 M38 0x39 Three       Any    SSE41  INT   F0      Full;
            Pminuw           P66 M38 0x3A Three       Any    SSE41  INT   BW0     FullMem;
            Pminud           P66 M38 0x3B Three       Any    SSE41  INT   F0      Full;
            Pmaxsb           P66 M38 0x3C Three       Any    SSE41  INT   BW0     FullMem;
            Pmaxsd           P66 M38 0x3D Three       Any    SSE41  INT   F0      Full;
            Pmaxuw           P66 M38 0x3E Three       Any    SSE41  INT   BW0     FullMem;
            Pmaxud           P66 M38 0x3F Three       Any    SSE41  INT   F0      Full;

            // Bits.
            Pand             P66 M0F 0xDB Three       Any    SSE2   INT   F0      Full;
            Pandn            P66 M0F 0xDF Three       Any    SSE2   INT   F0      Full;
            Por              P66 M0F 0xEB Three       Any    SSE2   INT   F0      Full;
            Pxor             P66 M0F 0xEF Three       Any    SSE2   INT   F0      Full;
            Ptest            P66 M38 0x17 Two         Any    SSE41  AVX   NO      FullMem;
            Pmovmskb         P66 M0F 0xD7 SignsToGpr  Any    SSE2   INT   NO      FullMem;

            // Comparisons to lanes.
            Pcmpeqb          P66 M0F 0x74 Three       Any    SSE2   INT   NO      FullMem;
            Pcmpeqw          P66 M0F 0x75 Three       Any    SSE2   INT   NO      FullMem;
            Pcmpeqd          P66 M0F 0x76 Three       Any    SSE2   INT   NO      FullMem;
            Pcmpeqq          P66 M38 0x29 Three       Any    SSE41  INT   NO      FullMem;
            Pcmpgtb          P66 M0F 0x64 Three       Any    SSE2   INT   NO      FullMem;
            Pcmpgtw          P66 M0F 0x65 Three       Any    SSE2   INT   NO      FullMem;
            Pcmpgtd          P66 M0F 0x66 Three       Any    SSE2   INT   NO      FullMem;
            Pcmpgtq          P66 M38 0x37 Three       Any    SSE42  INT   NO      FullMem;

            // Shifts, all lanes by one count.
            Psllw            P66 M0F 0xF1 Shift       Any    SSE2   INT   BW0     M128 / P66 M0F 0x71 6 FullMem;
            Pslld            P66 M0F 0xF2 Shift       Any    SSE2   INT   F0      M128 / P66 M0F 0x72 6 Full;
            Psllq            P66 M0F 0xF3 Shift       Any    SSE2   INT   F1      M128 / P66 M0F 0x73 6 Full;
            Psrlw            P66 M0F 0xD1 Shift       Any    SSE2   INT   BW0     M128 / P66 M0F 0x71 2 FullMem;
            Psrld            P66 M0F 0xD2 Shift       Any    SSE2   INT   F0      M128 / P66 M0F 0x72 2 Full;
            Psrlq            P66 M0F 0xD3 Shift       Any    SSE2   INT   F1      M128 / P66 M0F 0x73 2 Full;
            Psraw            P66 M0F 0xE1 Shift       Any    SSE2   INT   BW0     M128 / P66 M0F 0x71 4 FullMem;
            Psrad            P66 M0F 0xE2 Shift       Any    SSE2   INT   F0      M128 / P66 M0F 0x72 4 Full;
            Pslldq           P66 M0F 0x73 ShiftImm    Any    SSE2   INT   BW0     FullMem / P66 M0F 0x73 7 FullMem;
            Psrldq           P66 M0F 0x73 ShiftImm    Any    SSE2   INT   BW0     FullMem / P66 M0F 0x73 3 FullMem;

            // Shifts, each lane by its own.
            Vpsllvd          P66 M38 0x47 Three       Any    NO     AVX2  F0      Full;
            Vpsllvq          P66 M38 0x47 Three       Any    NO     AVX2W F1      Full;
            Vpsrlvd          P66 M38 0x45 Three       Any    NO     AVX2  F0      Full;
            Vpsrlvq          P66 M38 0x45 Three       Any    NO     AVX2W F1      Full;
            Vpsravd          P66 M38 0x46 Three       Any    NO     AVX2  F0      Full;

            // Lanes to other places.
            Punpcklbw        P66 M0F 0x60 Three       Any    SSE2   INT   BW0     FullMem;
            Punpcklwd        P66 M0F 0x61 Three       Any    SSE2   INT   BW0     FullMem;
            Punpckldq        P66 M0F 0x62 Three       Any    SSE2   INT   F0      Full;
            Punpcklqdq       P66 M0F 0x6C Three       Any    SSE2   INT   F1      Full;
            Punpckhbw        P66 M0F 0x68 Three       Any    SSE2   INT   BW0     FullMem;
            Punpckhwd        P66 M0F 0x69 Three       Any    SSE2   INT   BW0     FullMem;
            Punpckhdq        P66 M0F 0x6A Three       Any    SSE2   INT   F0      Full;
            Punpckhqdq       P66 M0F 0x6D Three       Any    SSE2   INT   F1      Full;
            Packsswb         P66 M0F 0x63 Three       Any    SSE2   INT   BW0     FullMem;
            Packssdw         P66 M0F 0x6B Three       Any    SSE2   INT   BW0     Full;
            Packuswb         P66 M0F 0x67 Three       Any    SSE2   INT   BW0     FullMem;
            Packusdw         P66 M38 0x2B Three       Any    SSE41  INT   BW0     Full;
            Pshufb           P66 M38 0x00 Three       Any    SSSE3  INT   BW0     FullMem;
            Pshufd           P66 M0F 0x70 TwoImm      Any    SSE2   INT   F0      Full;
            Pshuflw          F2  M0F 0x70 TwoImm      Any    SSE2   INT   BW0     FullMem;
            Pshufhw          F3  M0F 0x70 TwoImm      Any    SSE2   INT   BW0     FullMem;
            Palignr          P66 M3A 0x0F ThreeImm    Any    SSSE3  INT   BW0     FullMem;
            Pblendw          P66 M3A 0x0E ThreeImm    Any    SSE41  INT   NO      FullMem;
            Pblendvb         P66 M38 0x10 Blendv      Any    SSE41  INT   NO      FullMem / P66 M3A 0x4C 0 FullMem;
            Vpblendd         P66 M3A 0x02 ThreeImm    Any    NO     AVX2  NO      Full;
            Vpermd           P66 M38 0x36 Three       Ymm    NO     AVX2  F0      Full;
            Vpermq           P66 M3A 0x00 TwoImm      Ymm    NO     AVX2W F1      Full;
            Vperm2i128       P66 M3A 0x46 ThreeImm    Ymm    NO     AVX2  NO      Full;
            Vinserti128      P66 M3A 0x38 ThreeImm    Ymm    NO     AVX2  F0      M128;
            Vextracti128     P66 M3A 0x39 ExtractHalf Ymm    NO     AVX2  F0      M128;

            // Wider lanes.
            Pmovsxbw         P66 M38 0x20 Two         Any    SSE41  INT   BW0     HalfMem;
            Pmovsxbd         P66 M38 0x21 Two         Any    SSE41  INT   F0      Quarter;
            Pmovsxbq         P66 M38 0x22 Two         Any    SSE41  INT   F0      Eighth;
            Pmovsxwd         P66 M38 0x23 Two         Any    SSE41  INT   F0      HalfMem;
            Pmovsxwq         P66 M38 0x24 Two         Any    SSE41  INT   F0      Quarter;
            Pmovsxdq         P66 M38 0x25 Two         Any    SSE41  INT   F0      HalfMem;
            Pmovzxbw         P66 M38 0x30 Two         Any    SSE41  INT   BW0     HalfMem;
            Pmovzxbd         P66 M38 0x31 Two         Any    SSE41  INT   F0      Quarter;
            Pmovzxbq         P66 M38 0x32 Two         Any    SSE41  INT   F0      Eighth;
            Pmovzxwd         P66 M38 0x33 Two         Any    SSE41  INT   F0      HalfMem;
            Pmovzxwq         P66 M38 0x34 Two         Any    SSE41  INT   F0      Quarter;
            Pmovzxdq         P66 M38 0x35 Two         Any    SSE41  INT   F0      HalfMem;

            // Galois fields, and sums of products of bytes.
            Gf2p8affineqb    P66 M3A 0xCE ThreeImm    Any    GFNI   GFNIW GFNI1   Full;
            Gf2p8affineinvqb P66 M3A 0xCF ThreeImm    Any    GFNI   GFNIW GFNI1   Full;
            Gf2p8mulb        P66 M38 0xCF Three       Any    GFNI   GFNI  GFNI0   FullMem;
            Vpdpbusd         P66 M38 0x50 Three       Any    NO     VNNI  VNNI0   Full;
            Vpdpbusds        P66 M38 0x51 Three       Any    NO     VNNI  VNNI0   Full;
            Vpdpwssd         P66 M38 0x52 Three       Any    NO     VNNI  VNNI0   Full;
            Vpdpwssds        P66 M38 0x53 Three       Any    NO     VNNI  VNNI0   Full;
        }
    };
}
