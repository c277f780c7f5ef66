  ;; A file of the scratch folder: create, write, seek, overwrite, read back,
  ;; shorten, list, remove.
  (data ({ptr}.const 1024) "new.txt")
  (data ({ptr}.const 1040) "written by a guest")
  (data ({ptr}.const 1072) "BY")
  (func (export "_start") (local $fd i32) (local $entry {ptr}) (local $end {ptr})
    ;; Create, and fail to create it again.
    (call $answer (call $open (i32.const 3) ({ptr}.const 1024) ({ptr}.const 7) (i32.const 5) (i64.const 0x600066)))
    (local.set $fd (i32.load ({ptr}.const 0)))
    (call $answer (call $open (i32.const 3) ({ptr}.const 1024) ({ptr}.const 7) (i32.const 5) (i64.const 0x600066)))
    (call $iovec ({ptr}.const 0) ({ptr}.const 1040) ({ptr}.const 18))
    (call $answer (call $fd_write (local.get $fd) ({ptr}.const 64) ({ptr}.const 1) ({ptr}.const 8)))
    (call $size_at ({ptr}.const 8))
    (call $newline)
    ;; Overwrite two bytes in the middle, read all of it.
    (call $answer (call $fd_seek (local.get $fd) (i64.const 8) (i32.const 0) ({ptr}.const 8)))
    (call $iovec ({ptr}.const 0) ({ptr}.const 1072) ({ptr}.const 2))
    (call $answer (call $fd_write (local.get $fd) ({ptr}.const 64) ({ptr}.const 1) ({ptr}.const 8)))
    (call $answer (call $fd_seek (local.get $fd) (i64.const 0) (i32.const 0) ({ptr}.const 8)))
    (call $newline)
    (call $read_and_show (local.get $fd) ({ptr}.const 100))
    ;; Shorter, then longer: what comes back is zeros.
    (call $answer (call $fd_filestat_set_size (local.get $fd) (i64.const 3)))
    (call $answer (call $fd_filestat_set_size (local.get $fd) (i64.const 6)))
    (call $iovec ({ptr}.const 0) ({ptr}.const 4096) ({ptr}.const 100))
    (call $answer (call $fd_pread (local.get $fd) ({ptr}.const 64) ({ptr}.const 1) (i64.const 0) ({ptr}.const 8)))
    (call $hex ({ptr}.const 4096) ({ptr}.load ({ptr}.const 8)))
    (call $newline)
    (call $answer (call $fd_close (local.get $fd)))
    ;; The listing has it, in an order that is the same everywhere.
    (call $answer (call $fd_readdir (i32.const 3) ({ptr}.const 4096) ({ptr}.const 1024) (i64.const 0) ({ptr}.const 8)))
    (call $newline)
    (local.set $entry ({ptr}.const 4096))
    (local.set $end ({ptr}.add ({ptr}.const 4096) ({ptr}.load ({ptr}.const 8))))
    (loop $next
      (call $write ({ptr}.add (local.get $entry) ({ptr}.const 24)) ({load_u32} offset=16 (local.get $entry)))
      (call $newline)
      (local.set $entry
        ({ptr}.add (local.get $entry) ({ptr}.add ({ptr}.const 24) ({load_u32} offset=16 (local.get $entry)))))
      (br_if $next ({ptr}.lt_u (local.get $entry) (local.get $end))))
    (call $answer (call $path_unlink_file (i32.const 3) ({ptr}.const 1024) ({ptr}.const 7)))
    (call $answer (call $path_unlink_file (i32.const 3) ({ptr}.const 1024) ({ptr}.const 7)))
    (call $newline))
