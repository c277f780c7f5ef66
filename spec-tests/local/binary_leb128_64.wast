;; How 64-bit limits and offsets are written: LEB128 of up to ten bytes, and
;; the flags that say so.

;; (memory i64 2), with ever longer encodings of 2
(module binary
  "\00asm" "\01\00\00\00" "\05\03\01" "\04\02")
(module binary
  "\00asm" "\01\00\00\00" "\05\04\01" "\04\82\00")
(module binary
  "\00asm" "\01\00\00\00" "\05\0c\01" "\04\82\80\80\80\80\80\80\80\80\00")
;; (memory i64 0 2): flag 5
(module binary
  "\00asm" "\01\00\00\00" "\05\04\01" "\05\00\02")
;; (memory i64 0 2^48) needs seven bytes
(module definition binary
  "\00asm" "\01\00\00\00" "\05\0a\01" "\05\00\80\80\80\80\80\80\40")
;; Eleven bytes are too many, and a tenth byte above 1 too large.
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00" "\05\0d\01" "\04\82\80\80\80\80\80\80\80\80\80\00")
  "integer representation too long")
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00" "\05\0c\01" "\04\82\80\80\80\80\80\80\80\80\02")
  "integer too large")
;; Limits are written as 64-bit numbers whatever the address type, so the long
;; form is fine for a 32-bit memory too; only its value is bounded.
(module binary
  "\00asm" "\01\00\00\00" "\05\08\01" "\00\82\80\80\80\80\00")
(assert_invalid
  (module binary
    "\00asm" "\01\00\00\00" "\05\08\01" "\00\80\80\80\80\80\01")
  "memory size must be at most 65536 pages (4GiB)")
;; (table i64 1 funcref): flag 4, and 5 with a maximum
(module binary
  "\00asm" "\01\00\00\00" "\04\04\01" "\70\04\01")
(module binary
  "\00asm" "\01\00\00\00" "\04\05\01" "\70\05\01\02")
(module binary
  "\00asm" "\01\00\00\00" "\04\0e\01" "\70\05\01\ff\ff\ff\ff\ff\ff\ff\ff\ff\01")
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00" "\04\0e\01" "\70\05\01\ff\ff\ff\ff\ff\ff\ff\ff\ff\02")
  "integer too large")
;; Unknown flags.
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00" "\05\03\01" "\10\02")
  "malformed limits flags")
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00" "\04\04\01" "\70\10\01")
  "malformed limits flags")

;; A load with an offset of ten bytes: i32.load offset=2^64-1.
(module binary
  "\00asm" "\01\00\00\00"
  "\01\04\01\60\00\00"                  ;; type 0: [] -> []
  "\03\02\01\00"                        ;; function 0 of type 0
  "\05\03\01\04\01"                     ;; memory i64 1
  "\0a\13\01"                           ;; one body
  "\11\00"                              ;; 17 bytes, no locals
  "\42\00"                              ;; i64.const 0
  "\28\02\ff\ff\ff\ff\ff\ff\ff\ff\ff\01" ;; i32.load align=4 offset=2^64-1
  "\1a\0b")                             ;; drop, end
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\04\01\60\00\00"
    "\03\02\01\00"
    "\05\03\01\04\01"
    "\0a\13\01"
    "\11\00"
    "\42\00"
    "\28\02\ff\ff\ff\ff\ff\ff\ff\ff\ff\02"
    "\1a\0b")
  "integer too large")
