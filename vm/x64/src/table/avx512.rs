//! What only AVX-512 has.

macro_rules! avx512_rows {
    ($callback:ident! $($before:tt)*) => {
        $callback! {
            $($before)*
            // Arithmetic and bits.
            Vpminsq          P66 M38 0x39 Three       Any    NO     NO    F1      Full;
            Vpminuq          P66 M38 0x3B Three       Any    NO     NO    F1      Full;
            Vpmaxsq          P66 M38 0x3D Three       Any    NO     NO    F1      Full;
            Vpmaxuq          P66 M38 0x3F Three       Any    NO     NO    F1      Full;
            Vpmullq          P66 M38 0x40 Three       Any    NO     NO    DQ1     Full;
            Vpabsq           P66 M38 0x1F Two         Any    NO     NO    F1      Full;
            Vpandq           P66 M0F 0xDB Three       Any    NO     NO    F1      Full;
            Vpandnq          P66 M0F 0xDF Three       Any    NO     NO    F1      Full;
            Vporq            P66 M0F 0xEB Three       Any    NO     NO    F1      Full;
            Vpxorq           P66 M0F 0xEF Three       Any    NO     NO    F1      Full;
            Vpternlogd       P66 M3A 0x25 ThreeImm    Any    NO     NO    F0      Full;
            Vpternlogq       P66 M3A 0x25 ThreeImm    Any    NO     NO    F1      Full;
            Vpopcntb         P66 M38 0x54 Two         Any    NO     NO    BITALG0 FullMem;
            Vpopcntw         P66 M38 0x54 Two         Any    NO     NO    BITALG1 FullMem;
            Vpopcntd         P66 M38 0x55 Two         Any    NO     NO    POPCNT0 Full;
            Vpopcntq         P66 M38 0x55 Two         Any    NO     NO    POPCNT1 Full;
            Vplzcntd         P66 M38 0x44 Two         Any    NO     NO    CD0     Full;
            Vplzcntq         P66 M38 0x44 Two         Any    NO     NO    CD1     Full;

            // Shifts and rotations.
            Vpsraq           P66 M0F 0xE2 Shift       Any    NO     NO    F1      M128 / P66 M0F 0x72 4 Full;
            Vprold           P66 M0F 0x72 ShiftImm    Any    NO     NO    F0      Full / P66 M0F 0x72 1 Full;
            Vprolq           P66 M0F 0x72 ShiftImm    Any    NO     NO    F1      Full / P66 M0F 0x72 1 Full;
            Vprord           P66 M0F 0x72 ShiftImm    Any    NO     NO    F0      Full / P66 M0F 0x72 0 Full;
            Vprorq           P66 M0F 0x72 ShiftImm    Any    NO     NO    F1      Full / P66 M0F 0x72 0 Full;
            Vprolvd          P66 M38 0x15 Three       Any    NO     NO    F0      Full;
            Vprolvq          P66 M38 0x15 Three       Any    NO     NO    F1      Full;
            Vprorvd          P66 M38 0x14 Three       Any    NO     NO    F0      Full;
            Vprorvq          P66 M38 0x14 Three       Any    NO     NO    F1      Full;
            Vpsllvw          P66 M38 0x12 Three       Any    NO     NO    BW1     FullMem;
            Vpsrlvw          P66 M38 0x10 Three       Any    NO     NO    BW1     FullMem;
            Vpsravw          P66 M38 0x11 Three       Any    NO     NO    BW1     FullMem;
            Vpsravq          P66 M38 0x46 Three       Any    NO     NO    F1      Full;
            Vpmultishiftqb   P66 M38 0x83 Three       Any    NO     NO    VBMI1   Full;

            // Lanes to other places.
            Vpermb           P66 M38 0x8D Three       Any    NO     NO    VBMI0   FullMem;
            Vpermw           P66 M38 0x8D Three       Any    NO     NO    BW1     FullMem;
            Vpermi2b         P66 M38 0x75 Three       Any    NO     NO    VBMI0   FullMem;
            Vpermi2w         P66 M38 0x75 Three       Any    NO     NO    BW1     FullMem;
            Vpermi2d         P66 M38 0x76 Three       Any    NO     NO    F0      Full;
            Vpermi2q         P66 M38 0x76 Three       Any    NO     NO    F1      Full;
            Vpermi2ps        P66 M38 0x77 Three       Any    NO     NO    F0      Full;
            Vpermi2pd        P66 M38 0x77 Three       Any    NO     NO    F1      Full;
            Vpermt2b         P66 M38 0x7D Three       Any    NO     NO    VBMI0   FullMem;
            Vpermt2w         P66 M38 0x7D Three       Any    NO     NO    BW1     FullMem;
            Vpermt2d         P66 M38 0x7E Three       Any    NO     NO    F0      Full;
            Vpermt2q         P66 M38 0x7E Three       Any    NO     NO    F1      Full;
            Vpermt2ps        P66 M38 0x7F Three       Any    NO     NO    F0      Full;
            Vpermt2pd        P66 M38 0x7F Three       Any    NO     NO    F1      Full;
            Valignd          P66 M3A 0x03 ThreeImm    Any    NO     NO    F0      Full;
            Valignq          P66 M3A 0x03 ThreeImm    Any    NO     NO    F1      Full;
            Vblendmps        P66 M38 0x65 Three       Any    NO     NO    F0      Full;
            Vblendmpd        P66 M38 0x65 Three       Any    NO     NO    F1      Full;
            Vpblendmb        P66 M38 0x66 Three       Any    NO     NO    BW0     FullMem;
            Vpblendmw        P66 M38 0x66 Three       Any    NO     NO    BW1     FullMem;
            Vpblendmd        P66 M38 0x64 Three       Any    NO     NO    F0      Full;
            Vpblendmq        P66 M38 0x64 Three       Any    NO     NO    F1      Full;

            // Floats.
            Vfixupimmps      P66 M3A 0x54 ThreeImm    Any    NO     NO    F0      Full;
            Vfixupimmpd      P66 M3A 0x54 ThreeImm    Any    NO     NO    F1      Full;
            Vfixupimmss      P66 M3A 0x55 ThreeImm    Scalar NO     NO    F0      Scalar;
            Vfixupimmsd      P66 M3A 0x55 ThreeImm    Scalar NO     NO    F1      Scalar;
            Vrangeps         P66 M3A 0x50 ThreeImm    Any    NO     NO    DQ0     Full;
            Vrangepd         P66 M3A 0x50 ThreeImm    Any    NO     NO    DQ1     Full;
            Vrangess         P66 M3A 0x51 ThreeImm    Scalar NO     NO    DQ0     Scalar;
            Vrangesd         P66 M3A 0x51 ThreeImm    Scalar NO     NO    DQ1     Scalar;
            Vcvttps2udq      Np  M0F 0x78 Two         Any    NO     NO    F0      Full;
            Vcvttpd2udq      Np  M0F 0x78 Two         Any    NO     NO    F1      Full;
            Vcvtudq2ps       F2  M0F 0x7A Two         Any    NO     NO    F0      Full;
            Vcvtudq2pd       F3  M0F 0x7A Two         Any    NO     NO    F0      Half;
            Vcvttps2qq       P66 M0F 0x7A Two         Any    NO     NO    DQ0     Half;
            Vcvttpd2qq       P66 M0F 0x7A Two         Any    NO     NO    DQ1     Full;
            Vcvttps2uqq      P66 M0F 0x78 Two         Any    NO     NO    DQ0     Half;
            Vcvttpd2uqq      P66 M0F 0x78 Two         Any    NO     NO    DQ1     Full;
            Vcvtqq2pd        F3  M0F 0xE6 Two         Any    NO     NO    DQ1     Full;
            Vcvtuqq2pd       F3  M0F 0x7A Two         Any    NO     NO    DQ1     Full;
            Vcvtqq2ps        Np  M0F 0x5B Two         Any    NO     NO    DQ1     Full;
            Vcvtuqq2ps       F2  M0F 0x7A Two         Any    NO     NO    DQ1     Full;
            Vcvtusi2ss       F3  M0F 0x7B FromGpr     Scalar NO     NO    F0      Scalar;
            Vcvtusi2sd       F2  M0F 0x7B FromGpr     Scalar NO     NO    F0      Scalar;
            Vcvttss2usi      F3  M0F 0x78 ToGpr       Scalar NO     NO    F0      Fixed4;
            Vcvttsd2usi      F2  M0F 0x78 ToGpr       Scalar NO     NO    F0      Fixed8;

            // Comparisons to masks.
            Vcmpps           Np  M0F 0xC2 CmpMask     Any    NO     NO    F0      Full;
            Vcmppd           P66 M0F 0xC2 CmpMask     Any    NO     NO    F1      Full;
            Vcmpss           F3  M0F 0xC2 CmpMask     Scalar NO     NO    F0      Scalar;
            Vcmpsd           F2  M0F 0xC2 CmpMask     Scalar NO     NO    F1      Scalar;
            Vpcmpb           P66 M3A 0x3F CmpMask     Any    NO     NO    BW0     FullMem;
            Vpcmpub          P66 M3A 0x3E CmpMask     Any    NO     NO    BW0     FullMem;
            Vpcmpw           P66 M3A 0x3F CmpMask     Any    NO     NO    BW1     FullMem;
            Vpcmpuw          P66 M3A 0x3E CmpMask     Any    NO     NO    BW1     FullMem;
            Vpcmpd           P66 M3A 0x1F CmpMask     Any    NO     NO    F0      Full;
            Vpcmpud          P66 M3A 0x1E CmpMask     Any    NO     NO    F0      Full;
            Vpcmpq           P66 M3A 0x1F CmpMask     Any    NO     NO    F1      Full;
            Vpcmpuq          P66 M3A 0x1E CmpMask     Any    NO     NO    F1      Full;
            Vpcmpeqb         P66 M0F 0x74 TestMask    Any    NO     NO    BW0     FullMem;
            Vpcmpeqw         P66 M0F 0x75 TestMask    Any    NO     NO    BW0     FullMem;
            Vpcmpeqd         P66 M0F 0x76 TestMask    Any    NO     NO    F0      Full;
            Vpcmpgtb         P66 M0F 0x64 TestMask    Any    NO     NO    BW0     FullMem;
            Vpcmpgtw         P66 M0F 0x65 TestMask    Any    NO     NO    BW0     FullMem;
            Vpcmpgtd         P66 M0F 0x66 TestMask    Any    NO     NO    F0      Full;
            Vpcmpeqq         P66 M38 0x29 TestMask    Any    NO     NO    F1      Full;
            Vpcmpgtq         P66 M38 0x37 TestMask    Any    NO     NO    F1      Full;
            Vptestmb         P66 M38 0x26 TestMask    Any    NO     NO    BW0     FullMem;
            Vptestmw         P66 M38 0x26 TestMask    Any    NO     NO    BW1     FullMem;
            Vptestmd         P66 M38 0x27 TestMask    Any    NO     NO    F0      Full;
            Vptestmq         P66 M38 0x27 TestMask    Any    NO     NO    F1      Full;
            Vptestnmb        F3  M38 0x26 TestMask    Any    NO     NO    BW0     FullMem;
            Vptestnmw        F3  M38 0x26 TestMask    Any    NO     NO    BW1     FullMem;
            Vptestnmd        F3  M38 0x27 TestMask    Any    NO     NO    F0      Full;
            Vptestnmq        F3  M38 0x27 TestMask    Any    NO     NO    F1      Full;
            Vfpclassps       P66 M3A 0x66 ClassMask   Any    NO     NO    DQ0     Full;
            Vfpclasspd       P66 M3A 0x66 ClassMask   Any    NO     NO    DQ1     Full;
            Vfpclassss       P66 M3A 0x67 ClassMask   Scalar NO     NO    DQ0     Scalar;
            Vfpclasssd       P66 M3A 0x67 ClassMask   Scalar NO     NO    DQ1     Scalar;

            // Masks to lanes and lanes to masks.
            Vpmovm2b         F3  M38 0x28 FromMask    Any    NO     NO    BW0     FullMem;
            Vpmovm2w         F3  M38 0x28 FromMask    Any    NO     NO    BW1     FullMem;
            Vpmovm2d         F3  M38 0x38 FromMask    Any    NO     NO    DQ0     FullMem;
            Vpmovm2q         F3  M38 0x38 FromMask    Any    NO     NO    DQ1     FullMem;
            Vpmovb2m         F3  M38 0x29 ToMask      Any    NO     NO    BW0     FullMem;
            Vpmovw2m         F3  M38 0x29 ToMask      Any    NO     NO    BW1     FullMem;
            Vpmovd2m         F3  M38 0x39 ToMask      Any    NO     NO    DQ0     FullMem;
            Vpmovq2m         F3  M38 0x39 ToMask      Any    NO     NO    DQ1     FullMem;

            // Narrower lanes: cut off, with saturation, with unsigned saturation.
            Vpmovwb          F3  M38 0x30 Narrow      Any    NO     NO    BW0     HalfMem;
            Vpmovswb         F3  M38 0x20 Narrow      Any    NO     NO    BW0     HalfMem;
            Vpmovuswb        F3  M38 0x10 Narrow      Any    NO     NO    BW0     HalfMem;
            Vpmovdb          F3  M38 0x31 Narrow      Any    NO     NO    F0      Quarter;
            Vpmovsdb         F3  M38 0x21 Narrow      Any    NO     NO    F0      Quarter;
            Vpmovusdb        F3  M38 0x11 Narrow      Any    NO     NO    F0      Quarter;
            Vpmovqb          F3  M38 0x32 Narrow      Any    NO     NO    F0      Eighth;
            Vpmovsqb         F3  M38 0x22 Narrow      Any    NO     NO    F0      Eighth;
            Vpmovusqb        F3  M38 0x12 Narrow      Any    NO     NO    F0      Eighth;
            Vpmovdw          F3  M38 0x33 Narrow      Any    NO     NO    F0      HalfMem;
            Vpmovsdw         F3  M38 0x23 Narrow      Any    NO     NO    F0      HalfMem;
            Vpmovusdw        F3  M38 0x13 Narrow      Any    NO     NO    F0      HalfMem;
            Vpmovqw          F3  M38 0x34 Narrow      Any    NO     NO    F0      Quarter;
            Vpmovsqw         F3  M38 0x24 Narrow      Any    NO     NO    F0      Quarter;
            Vpmovusqw        F3  M38 0x14 Narrow      Any    NO     NO    F0      Quarter;
            Vpmovqd          F3  M38 0x35 Narrow      Any    NO     NO    F0      HalfMem;
            Vpmovsqd         F3  M38 0x25 Narrow      Any    NO     NO    F0      HalfMem;
            Vpmovusqd        F3  M38 0x15 Narrow      Any    NO     NO    F0      HalfMem;
        }
    };
}
