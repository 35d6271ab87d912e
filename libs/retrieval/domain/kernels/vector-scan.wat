;; Scores of vectors against one query, in SIMD. `npm run generate` turns this into src/vectors/generated/vector-scan.ts.
;;
;; All pointers are bytes into the caller's memory. A row is `width` numbers, a multiple of 32; padding is zeros.
(module
  (import "vectors" "memory" (memory 1 65536 shared))

  ;; Approximate scores of rows [from, to), four at a time: those of at least `threshold` are written to `outRows` and `outScores`; the answer
  ;; is how many. `codes` are unsigned 7-bit (64 stands for zero), `query` is signed 8-bit, and the score of a row is
  ;; (dot - offset) * scale * scales[row] + biases[row], where `offset` is 64 times the sum of the query. Columns
  ;; have room for three rows more than there are.
  (func (export "scan")
    (param $codes i32) (param $scales i32) (param $biases i32) (param $query i32) (param $width i32) (param $from i32) (param $to i32)
    (param $offset i32) (param $scale f32) (param $threshold f32) (param $outRows i32) (param $outScores i32) (result i32)
    (local $hits i32) (local $at i32) (local $b i32) (local $c i32) (local $d i32) (local $end i32) (local $q i32) (local $part v128) (local $next v128)
    (local $sumA v128) (local $sumB v128) (local $sumC v128) (local $sumD v128) (local $scores v128) (local $mask i32) (local $lane i32)
    (local.set $at (i32.add (local.get $codes) (i32.mul (local.get $from) (local.get $width))))
    (loop $rows
      (local.set $sumA (v128.const i32x4 0 0 0 0))
      (local.set $sumB (v128.const i32x4 0 0 0 0))
      (local.set $sumC (v128.const i32x4 0 0 0 0))
      (local.set $sumD (v128.const i32x4 0 0 0 0))
      (local.set $b (i32.add (local.get $at) (local.get $width)))
      (local.set $c (i32.add (local.get $b) (local.get $width)))
      (local.set $d (i32.add (local.get $c) (local.get $width)))
      (local.set $end (local.get $b))
      (local.set $q (local.get $query))
      (loop $parts
        (local.set $part (v128.load (local.get $q)))
        (local.set $next (v128.load offset=16 (local.get $q)))
        (local.set $sumA (i32x4.relaxed_dot_i8x16_i7x16_add_s (local.get $part) (v128.load (local.get $at)) (local.get $sumA)))
        (local.set $sumB (i32x4.relaxed_dot_i8x16_i7x16_add_s (local.get $part) (v128.load (local.get $b)) (local.get $sumB)))
        (local.set $sumC (i32x4.relaxed_dot_i8x16_i7x16_add_s (local.get $part) (v128.load (local.get $c)) (local.get $sumC)))
        (local.set $sumD (i32x4.relaxed_dot_i8x16_i7x16_add_s (local.get $part) (v128.load (local.get $d)) (local.get $sumD)))
        (local.set $sumA (i32x4.relaxed_dot_i8x16_i7x16_add_s (local.get $next) (v128.load offset=16 (local.get $at)) (local.get $sumA)))
        (local.set $sumB (i32x4.relaxed_dot_i8x16_i7x16_add_s (local.get $next) (v128.load offset=16 (local.get $b)) (local.get $sumB)))
        (local.set $sumC (i32x4.relaxed_dot_i8x16_i7x16_add_s (local.get $next) (v128.load offset=16 (local.get $c)) (local.get $sumC)))
        (local.set $sumD (i32x4.relaxed_dot_i8x16_i7x16_add_s (local.get $next) (v128.load offset=16 (local.get $d)) (local.get $sumD)))
        (local.set $q (i32.add (local.get $q) (i32.const 32)))
        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (local.set $b (i32.add (local.get $b) (i32.const 32)))
        (local.set $c (i32.add (local.get $c) (i32.const 32)))
        (local.set $d (i32.add (local.get $d) (i32.const 32)))
        (br_if $parts (i32.lt_u (local.get $at) (local.get $end))))
      (local.set $at (local.get $d))
      (local.set $lane (i32.shl (local.get $from) (i32.const 2)))
      ;; Horizontal sums: a and b into a, c and d into c, both into a.
      (local.set $sumA (i32x4.add
        (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $sumA) (local.get $sumB))
        (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $sumA) (local.get $sumB))))
      (local.set $sumC (i32x4.add
        (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $sumC) (local.get $sumD))
        (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $sumC) (local.get $sumD))))
      (local.set $sumA (i32x4.add
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $sumA) (local.get $sumC))
        (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $sumA) (local.get $sumC))))
      (local.set $scores (f32x4.add
        (f32x4.mul
          (f32x4.mul
            (f32x4.convert_i32x4_s (i32x4.sub (local.get $sumA) (i32x4.splat (local.get $offset))))
            (f32x4.splat (local.get $scale)))
          (v128.load (i32.add (local.get $scales) (local.get $lane))))
        (v128.load (i32.add (local.get $biases) (local.get $lane)))))
      (local.set $mask (i32x4.bitmask (f32x4.ge (local.get $scores) (f32x4.splat (local.get $threshold)))))
      (if (i32.gt_s (i32.sub (i32.add (local.get $from) (i32.const 4)) (local.get $to)) (i32.const 0))
        (then (local.set $mask (i32.and (local.get $mask) (i32.sub (i32.shl (i32.const 1) (i32.sub (local.get $to) (local.get $from))) (i32.const 1))))))
      (if (local.get $mask)
        (then
          (loop $lanes
            (local.set $lane (i32.ctz (local.get $mask)))
            (i32.store (i32.add (local.get $outRows) (i32.shl (local.get $hits) (i32.const 2))) (i32.add (local.get $from) (local.get $lane)))
            (f32.store (i32.add (local.get $outScores) (i32.shl (local.get $hits) (i32.const 2))) (call $laneOf (local.get $scores) (local.get $lane)))
            (local.set $hits (i32.add (local.get $hits) (i32.const 1)))
            (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
            (br_if $lanes (local.get $mask)))))
      (local.set $from (i32.add (local.get $from) (i32.const 4)))
      (br_if $rows (i32.lt_s (local.get $from) (local.get $to))))
    (local.get $hits))

  (func $laneOf (param $values v128) (param $lane i32) (result f32)
    (if (result f32) (i32.lt_u (local.get $lane) (i32.const 2))
      (then (select (f32x4.extract_lane 1 (local.get $values)) (f32x4.extract_lane 0 (local.get $values)) (local.get $lane)))
      (else (select (f32x4.extract_lane 3 (local.get $values)) (f32x4.extract_lane 2 (local.get $values)) (i32.sub (local.get $lane) (i32.const 2))))))

  ;; Exact scores, float32: out[i] = query · vectors[rows[i]] + biases[rows[i]]; the same row has the same score in every call.
  (func (export "score")
    (param $vectors i32) (param $biases i32) (param $query i32) (param $width i32) (param $rows i32) (param $count i32) (param $out i32)
    (local $at i32) (local $end i32) (local $q i32) (local $last i32) (local $even v128) (local $odd v128) (local $row i32) (local $touch i32)
    (local.set $last (i32.add (local.get $rows) (i32.shl (local.get $count) (i32.const 2))))
    (block $none
      (br_if $none (i32.eqz (local.get $count)))
      ;; Vectors lie all over the memory: a byte of each of their lines is read first, so that many are on their way at once.
      (local.set $q (local.get $rows))
      (loop $touched
        (local.set $at (i32.add (local.get $vectors) (i32.shl (i32.mul (i32.load (local.get $q)) (local.get $width)) (i32.const 2))))
        (local.set $end (i32.add (local.get $at) (i32.shl (local.get $width) (i32.const 2))))
        (loop $lines
          (local.set $touch (i32.or (local.get $touch) (i32.load8_u (local.get $at))))
          (local.set $at (i32.add (local.get $at) (i32.const 64)))
          (br_if $lines (i32.lt_u (local.get $at) (local.get $end))))
        (local.set $q (i32.add (local.get $q) (i32.const 4)))
        (br_if $touched (i32.lt_u (local.get $q) (local.get $last))))
      (i32.store8 (local.get $out) (local.get $touch))
      (loop $next
        (local.set $row (i32.load (local.get $rows)))
        (local.set $at (i32.add (local.get $vectors) (i32.shl (i32.mul (local.get $row) (local.get $width)) (i32.const 2))))
        (local.set $end (i32.add (local.get $at) (i32.shl (local.get $width) (i32.const 2))))
        (local.set $q (local.get $query))
        (local.set $even (v128.const f32x4 0 0 0 0))
        (local.set $odd (v128.const f32x4 0 0 0 0))
        (loop $parts
          (local.set $even (f32x4.add (local.get $even) (f32x4.mul (v128.load (local.get $at)) (v128.load (local.get $q)))))
          (local.set $odd (f32x4.add (local.get $odd) (f32x4.mul (v128.load offset=16 (local.get $at)) (v128.load offset=16 (local.get $q)))))
          (local.set $at (i32.add (local.get $at) (i32.const 32)))
          (local.set $q (i32.add (local.get $q) (i32.const 32)))
          (br_if $parts (i32.lt_u (local.get $at) (local.get $end))))
        (local.set $even (f32x4.add (local.get $even) (local.get $odd)))
        (f32.store (local.get $out) (f32.add
          (f32.add
            (f32.add (f32x4.extract_lane 0 (local.get $even)) (f32x4.extract_lane 1 (local.get $even)))
            (f32.add (f32x4.extract_lane 2 (local.get $even)) (f32x4.extract_lane 3 (local.get $even))))
          (f32.load (i32.add (local.get $biases) (i32.shl (local.get $row) (i32.const 2))))))
        (local.set $rows (i32.add (local.get $rows) (i32.const 4)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br_if $next (i32.lt_u (local.get $rows) (local.get $last)))))))
