//! Floats: arithmetic, bits, comparisons, lanes, conversions.

macro_rules! float_rows {
    ($callback:ident! $($before:tt)*) => {
        int_rows! {
            $callback!
            $($before)*
            // Arithmetic.
            Addps            Np  M0F 0x58 Three       Any    SSE2   AVX   F0      Full;
            Addpd            P66 M0F 0x58 Three       Any    SSE2   AVX   F1      Full;
            Addss            F3  M0F 0x58 Three       Scalar SSE2   AVX   F0      Scalar;
            Addsd            F2  M0F 0x58 Three       Scalar SSE2   AVX   F1      Scalar;
            Mulps            Np  M0F 0x59 Three       Any    SSE2   AVX   F0      Full;
            Mulpd            P66 M0F 0x59 Three       Any    SSE2   AVX   F1      Full;
            Mulss            F3  M0F 0x59 Three       Scalar SSE2   AVX   F0      Scalar;
            Mulsd            F2  M0F 0x59 Three       Scalar SSE2   AVX   F1      Scalar;
            Subps            Np  M0F 0x5C Three       Any    SSE2   AVX   F0      Full;
            Subpd            P66 M0F 0x5C Three       Any    SSE2   AVX   F1      Full;
            Subss            F3  M0F 0x5C Three       Scalar SSE2   AVX   F0      Scalar;
            Subsd            F2  M0F 0x5C Three       Scalar SSE2   AVX   F1      Scalar;
            Minps            Np  M0F 0x5D Three       Any    SSE2   AVX   F0      Full;
            Minpd            P66 M0F 0x5D Three       Any    SSE2   AVX   F1      Full;
            Minss            F3  M0F 0x5D Three       Scalar SSE2   AVX   F0      Scalar;
            Minsd            F2  M0F 0x5D Three       Scalar SSE2   AVX   F1      Scalar;
            Divps            Np  M0F 0x5E Three       Any    SSE2   AVX   F0      Full;
            Divpd            P66 M0F 0x5E Three       Any    SSE2   AVX   F1      Full;
            Divss            F3  M0F 0x5E Three       Scalar SSE2   AVX   F0      Scalar;
            Divsd            F2  M0F 0x5E Three       Scalar SSE2   AVX   F1      Scalar;
            Maxps            Np  M0F 0x5F Three       Any    SSE2   AVX   F0      Full;
            Maxpd            P66 M0F 0x5F Three       Any    SSE2   AVX   F1      Full;
            Maxss            F3  M0F 0x5F Three       Scalar SSE2   AVX   F0      Scalar;
            Maxsd            F2  M0F 0x5F Three       Scalar SSE2   AVX   F1      Scalar;
            Sqrtps           Np  M0F 0x51 Two         Any    SSE2   AVX   F0      Full;
            Sqrtpd           P66 M0F 0x51 Two         Any    SSE2   AVX   F1      Full;
            Sqrtss           F3  M0F 0x51 Three       Scalar SSE2   AVX   F0      Scalar;
            Sqrtsd           F2  M0F 0x51 Three       Scalar SSE2   AVX   F1      Scalar;
            Haddps           F2  M0F 0x7C Three       Any    SSE3   AVX   NO      Full;
            Haddpd           P66 M0F 0x7C Three       Any    SSE3   AVX   NO      Full;
            Roundps          P66 M3A 0x08 TwoImm      Any    SSE41  AVX   F0      Full;
            Roundpd          P66 M3A 0x09 TwoImm      Any    SSE41  AVX   F1      Full;
            Roundss          P66 M3A 0x0A ThreeImm    Scalar SSE41  AVX   F0      Scalar;
            Roundsd          P66 M3A 0x0B ThreeImm    Scalar SSE41  AVX   F1      Scalar;

            // Sums of products, rounded once.
            Vfmadd132ps      P66 M38 0x98 Three       Any    NO     FMA   F0      Full;
            Vfmadd132pd      P66 M38 0x98 Three       Any    NO     FMAW  F1      Full;
            Vfmadd132ss      P66 M38 0x99 Three       Scalar NO     FMA   F0      Scalar;
            Vfmadd132sd      P66 M38 0x99 Three       Scalar NO     FMAW  F1      Scalar;
            Vfmadd213ps      P66 M38 0xA8 Three       Any    NO     FMA   F0      Full;
            Vfmadd213pd      P66 M38 0xA8 Three       Any    NO     FMAW  F1      Full;
            Vfmadd213ss      P66 M38 0xA9 Three       Scalar NO     FMA   F0      Scalar;
            Vfmadd213sd      P66 M38 0xA9 Three       Scalar NO     FMAW  F1      Scalar;
            Vfmadd231ps      P66 M38 0xB8 Three       Any    NO     FMA   F0      Full;
            Vfmadd231pd      P66 M38 0xB8 Three       Any    NO     FMAW  F1      Full;
            Vfmadd231ss      P66 M38 0xB9 Three       Scalar NO     FMA   F0      Scalar;
            Vfmadd231sd      P66 M38 0xB9 Three       Scalar NO     FMAW  F1      Scalar;
            Vfmsub132ps      P66 M38 0x9A Three       Any    NO     FMA   F0      Full;
            Vfmsub132pd      P66 M38 0x9A Three       Any    NO     FMAW  F1      Full;
            Vfmsub132ss      P66 M38 0x9B Three       Scalar NO     FMA   F0      Scalar;
            Vfmsub132sd      P66 M38 0x9B Three       Scalar NO     FMAW  F1      Scalar;
            Vfmsub213ps      P66 M38 0xAA Three       Any    NO     FMA   F0      Full;
            Vfmsub213pd      P66 M38 0xAA Three       Any    NO     FMAW  F1      Full;
            Vfmsub213ss      P66 M38 0xAB Three       Scalar NO     FMA   F0      Scalar;
            Vfmsub213sd      P66 M38 0xAB Three       Scalar NO     FMAW  F1      Scalar;
            Vfmsub231ps      P66 M38 0xBA Three       Any    NO     FMA   F0      Full;
            Vfmsub231pd      P66 M38 0xBA Three       Any    NO     FMAW  F1      Full;
            Vfmsub231ss      P66 M38 0xBB Three       Scalar NO     FMA   F0      Scalar;
            Vfmsub231sd      P66 M38 0xBB Three       Scalar NO     FMAW  F1      Scalar;
            Vfnmadd132ps     P66 M38 0x9C Three       Any    NO     FMA   F0      Full;
            Vfnmadd132pd     P66 M38 0x9C Three       Any    NO     FMAW  F1      Full;
            Vfnmadd132ss     P66 M38 0x9D Three       Scalar NO     FMA   F0      Scalar;
            Vfnmadd132sd     P66 M38 0x9D Three       Scalar NO     FMAW  F1      Scalar;
            Vfnmadd213ps     P66 M38 0xAC Three       Any    NO     FMA   F0      Full;
            Vfnmadd213pd     P66 M38 0xAC Three       Any    NO     FMAW  F1      Full;
            Vfnmadd213ss     P66 M38 0xAD Three       Scalar NO     FMA   F0      Scalar;
            Vfnmadd213sd     P66 M38 0xAD Three       Scalar NO     FMAW  F1      Scalar;
            Vfnmadd231ps     P66 M38 0xBC Three       Any    NO     FMA   F0      Full;
            Vfnmadd231pd     P66 M38 0xBC Three       Any    NO     FMAW  F1      Full;
            Vfnmadd231ss     P66 M38 0xBD Three       Scalar NO     FMA   F0      Scalar;
            Vfnmadd231sd     P66 M38 0xBD Three       Scalar NO     FMAW  F1      Scalar;
            Vfnmsub132ps     P66 M38 0x9E Three       Any    NO     FMA   F0      Full;
            Vfnmsub132pd     P66 M38 0x9E Three       Any    NO     FMAW  F1      Full;
            Vfnmsub132ss     P66 M38 0x9F Three       Scalar NO     FMA   F0      Scalar;
            Vfnmsub132sd     P66 M38 0x9F Three       Scalar NO     FMAW  F1      Scalar;
            Vfnmsub213ps     P66 M38 0xAE Three       Any    NO     FMA   F0      Full;
            Vfnmsub213pd     P66 M38 0xAE Three       Any    NO     FMAW  F1      Full;
            Vfnmsub213ss     P66 M38 0xAF Three       Scalar NO     FMA   F0      Scalar;
            Vfnmsub213sd     P66 M38 0xAF Three       Scalar NO     FMAW  F1      Scalar;
            Vfnmsub231ps     P66 M38 0xBE Three       Any    NO     FMA   F0      Full;
            Vfnmsub231pd     P66 M38 0xBE Three       Any    NO     FMAW  F1      Full;
            Vfnmsub231ss     P66 M38 0xBF Three       Scalar NO     FMA   F0      Scalar;
            Vfnmsub231sd     P66 M38 0xBF Three       Scalar NO     FMAW  F1      Scalar;

            // Bits.
            Andps            Np  M0F 0x54 Three       Any    SSE2   AVX   DQ0     Full;
            Andpd            P66 M0F 0x54 Three       Any    SSE2   AVX   DQ1     Full;
            Andnps           Np  M0F 0x55 Three       Any    SSE2   AVX   DQ0     Full;
            Andnpd           P66 M0F 0x55 Three       Any    SSE2   AVX   DQ1     Full;
            Orps             Np  M0F 0x56 Three       Any    SSE2   AVX   DQ0     Full;
            Orpd             P66 M0F 0x56 Three       Any    SSE2   AVX   DQ1     Full;
            Xorps            Np  M0F 0x57 Three       Any    SSE2   AVX   DQ0     Full;
            Xorpd            P66 M0F 0x57 Three       Any    SSE2   AVX   DQ1     Full;

            // Comparisons.
            Cmpps            Np  M0F 0xC2 ThreeImm    Any    SSE2   AVX   NO      Full;
            Cmppd            P66 M0F 0xC2 ThreeImm    Any    SSE2   AVX   NO      Full;
            Cmpss            F3  M0F 0xC2 ThreeImm    Scalar SSE2   AVX   NO      Scalar;
            Cmpsd            F2  M0F 0xC2 ThreeImm    Scalar SSE2   AVX   NO      Scalar;
            Ucomiss          Np  M0F 0x2E Two         Scalar SSE2   AVX   F0      Scalar;
            Ucomisd          P66 M0F 0x2E Two         Scalar SSE2   AVX   F1      Scalar;
            Comiss           Np  M0F 0x2F Two         Scalar SSE2   AVX   F0      Scalar;
            Comisd           P66 M0F 0x2F Two         Scalar SSE2   AVX   F1      Scalar;
            Movmskps         Np  M0F 0x50 SignsToGpr  Any    SSE2   AVX   NO      Full;
            Movmskpd         P66 M0F 0x50 SignsToGpr  Any    SSE2   AVX   NO      Full;
            Vtestps          P66 M38 0x0E Two         Any    NO     AVX   NO      Full;
            Vtestpd          P66 M38 0x0F Two         Any    NO     AVX   NO      Full;

            // Lanes to other places.
            Unpcklps         Np  M0F 0x14 Three       Any    SSE2   AVX   F0      Full;
            Unpcklpd         P66 M0F 0x14 Three       Any    SSE2   AVX   F1      Full;
            Unpckhps         Np  M0F 0x15 Three       Any    SSE2   AVX   F0      Full;
            Unpckhpd         P66 M0F 0x15 Three       Any    SSE2   AVX   F1      Full;
            Shufps           Np  M0F 0xC6 ThreeImm    Any    SSE2   AVX   F0      Full;
            Shufpd           P66 M0F 0xC6 ThreeImm    Any    SSE2   AVX   F1      Full;
            Insertps         P66 M3A 0x21 ThreeImm    Xmm    SSE41  AVX   F0      Scalar;
            Extractps        P66 M3A 0x17 Extract     Xmm    SSE41  AVX   F0      Scalar;
            Blendps          P66 M3A 0x0C ThreeImm    Any    SSE41  AVX   NO      Full;
            Blendpd          P66 M3A 0x0D ThreeImm    Any    SSE41  AVX   NO      Full;
            Blendvps         P66 M38 0x14 Blendv      Any    SSE41  AVX   NO      Full / P66 M3A 0x4A 0 Full;
            Blendvpd         P66 M38 0x15 Blendv      Any    SSE41  AVX   NO      Full / P66 M3A 0x4B 0 Full;
            Vpermilps        P66 M3A 0x04 TwoImm      Any    NO     AVX   F0      Full;
            Vpermilpd        P66 M3A 0x05 TwoImm      Any    NO     AVX   F1      Full;
            // Lanes chosen by a register share the mnemonic with lanes chosen by a constant.
            VpermilpsVar     P66 M38 0x0C Three       Any    NO     AVX   F0      Full;
            VpermilpdVar     P66 M38 0x0D Three       Any    NO     AVX   F1      Full;
            Vpermps          P66 M38 0x16 Three       Ymm    NO     AVX2  F0      Full;
            Vpermpd          P66 M3A 0x01 TwoImm      Ymm    NO     AVX2W F1      Full;
            Vperm2f128       P66 M3A 0x06 ThreeImm    Ymm    NO     AVX   NO      Full;
            Vinsertf128      P66 M3A 0x18 ThreeImm    Ymm    NO     AVX   F0      M128;
            Vextractf128     P66 M3A 0x19 ExtractHalf Ymm    NO     AVX   F0      M128;

            // Conversions.
            Cvtdq2ps         Np  M0F 0x5B Two         Any    SSE2   AVX   F0      Full;
            Cvtps2dq         P66 M0F 0x5B Two         Any    SSE2   AVX   F0      Full;
            Cvttps2dq        F3  M0F 0x5B Two         Any    SSE2   AVX   F0      Full;
            Cvtdq2pd         F3  M0F 0xE6 Two         Any    SSE2   AVX   F0      Half;
            Cvtpd2dq         F2  M0F 0xE6 Two         Any    SSE2   AVX   F1      Full;
            Cvttpd2dq        P66 M0F 0xE6 Two         Any    SSE2   AVX   F1      Full;
            Cvtps2pd         Np  M0F 0x5A Two         Any    SSE2   AVX   F0      Half;
            Cvtpd2ps         P66 M0F 0x5A Two         Any    SSE2   AVX   F1      Full;
            Cvtss2sd         F3  M0F 0x5A Three       Scalar SSE2   AVX   F0      Scalar;
            Cvtsd2ss         F2  M0F 0x5A Three       Scalar SSE2   AVX   F1      Scalar;
            Cvtsi2ss         F3  M0F 0x2A FromGpr     Scalar SSE2   AVX   F0      Scalar;
            Cvtsi2sd         F2  M0F 0x2A FromGpr     Scalar SSE2   AVX   F0      Scalar;
            Cvttss2si        F3  M0F 0x2C ToGpr       Scalar SSE2   AVX   F0      Fixed4;
            Cvttsd2si        F2  M0F 0x2C ToGpr       Scalar SSE2   AVX   F0      Fixed8;
            Cvtss2si         F3  M0F 0x2D ToGpr       Scalar SSE2   AVX   F0      Fixed4;
            Cvtsd2si         F2  M0F 0x2D ToGpr       Scalar SSE2   AVX   F0      Fixed8;
        }
    };
}
