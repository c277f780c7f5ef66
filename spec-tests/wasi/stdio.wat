  ;; The standard streams: gathered writes, scattered reads, the end of input,
  ;; and what streams refuse.
  (data ({ptr}.const 1024) "one, two\n")
  (func (export "_start")
    ;; Two parts and an empty one between them.
    (call $iovec ({ptr}.const 0) ({ptr}.const 1024) ({ptr}.const 5))
    (call $iovec ({ptr}.const 1) ({ptr}.const 1029) ({ptr}.const 4))
    (call $answer (call $fd_write (i32.const 1) ({ptr}.const 64) ({ptr}.const 2) ({ptr}.const 0)))
    (call $size_at ({ptr}.const 0))
    (call $newline)
    ;; Input in pieces of three and four bytes, then line by line to its end.
    (call $iovec ({ptr}.const 0) ({ptr}.const 4096) ({ptr}.const 3))
    (call $iovec ({ptr}.const 1) ({ptr}.const 4099) ({ptr}.const 4))
    (call $answer (call $fd_read (i32.const 0) ({ptr}.const 64) ({ptr}.const 2) ({ptr}.const 8)))
    (call $size_at ({ptr}.const 8))
    (call $write ({ptr}.const 4096) ({ptr}.load ({ptr}.const 8)))
    (call $newline)
    (call $read_and_show (i32.const 0) ({ptr}.const 100))
    (call $read_and_show (i32.const 0) ({ptr}.const 100))
    (call $read_and_show (i32.const 0) ({ptr}.const 100))
    ;; A stream has no position; output cannot be read; 99 is not open.
    (call $answer (call $fd_seek (i32.const 1) (i64.const 0) (i32.const 0) ({ptr}.const 0)))
    (call $answer (call $fd_tell (i32.const 0) ({ptr}.const 0)))
    (call $answer (call $fd_read (i32.const 1) ({ptr}.const 64) ({ptr}.const 1) ({ptr}.const 8)))
    (call $answer (call $fd_write (i32.const 0) ({ptr}.const 64) ({ptr}.const 1) ({ptr}.const 8)))
    (call $answer (call $fd_write (i32.const 99) ({ptr}.const 64) ({ptr}.const 1) ({ptr}.const 8)))
    (call $newline))
