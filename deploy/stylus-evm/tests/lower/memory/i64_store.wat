(module
  (import "vm_hooks" "read_args" (func $read_args (param i32)))
  (memory (export "memory") 1 1)
  (func $f (param $a i32) (param $b i64) 
    (i64.store (local.get $a) (local.get $b)))
  ;; Called twice with unknown arguments, so that nothing is known of them.
  (func (export "user_entrypoint") (param i32) (result i32)
    (call $read_args (i32.const 0))
    (call $f (i32.load (i32.const 0)) (i64.load (i32.const 8)))
    (call $f (i32.load (i32.const 128)) (i64.load (i32.const 136)))
    (i32.const 0)))
