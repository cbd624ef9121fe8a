(module
  (import "vm_hooks" "read_args" (func $read_args (param i32)))
  (memory (export "memory") 1 1)
  (func $f (param $a i64) (result i64)
    (i64.or (i64.or (i64.or
      (i64.shl (local.get $a) (i64.const 56))
      (i64.shl (i64.and (local.get $a) (i64.const 0xff00)) (i64.const 40)))
      (i64.or (i64.shl (i64.and (local.get $a) (i64.const 0xff0000)) (i64.const 24))
              (i64.shl (i64.and (local.get $a) (i64.const 0xff000000)) (i64.const 8))))
      (i64.or (i64.or
      (i64.and (i64.shr_u (local.get $a) (i64.const 8)) (i64.const 0xff000000))
      (i64.and (i64.shr_u (local.get $a) (i64.const 24)) (i64.const 0xff0000)))
      (i64.or (i64.and (i64.shr_u (local.get $a) (i64.const 40)) (i64.const 0xff00))
              (i64.shr_u (local.get $a) (i64.const 56))))))
  ;; Called twice with unknown arguments, so that nothing is known of them.
  (func (export "user_entrypoint") (param i32) (result i32)
    (call $read_args (i32.const 0))
    (i64.store (i32.const 64) (call $f (i64.load (i32.const 0))))
    (i64.store (i32.const 192) (call $f (i64.load (i32.const 128))))
    (i32.const 0)))
