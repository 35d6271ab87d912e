;; Scores of vectors against one query, in SIMD. `npm run generate` turns this into src/vectors/generated/vector-scan.ts.
;;
;; All pointers are bytes into the caller's memory. A row is `width` numbers, a multiple of 32; padding stands for zeros.
(module
  (import "vectors" "memory" (memory 1 65536 shared))

  ;; Approximate scores of rows [from, to), eight at a time: those of at least `threshold` are written to `outRows` and `outScores`; the answer
  ;; is how many. It stops where there is no `room` for eight more, and writes to `outNext` the first row that it has not looked at.
  ;; `codes` are unsigned 7-bit (64 stands for zero), four rows together: four numbers of the first, of the second, the third, the fourth, then the
  ;; next four of each. `query` is signed 7-bit, its numbers likewise, the same for all four. With so few bits two products of two numbers each
  ;; are added in 16 bits. The score of a row is (dot - offset) * scale * scales[row] + biases[row], where `offset` is 64 times the sum of the query.
  ;; Columns have room for seven rows more than there are, and for whole fours. `scratch` is 32 bytes.
  (func (export "scan")
    (param $codes i32) (param $scales i32) (param $biases i32) (param $query i32) (param $width i32) (param $from i32) (param $to i32)
    (param $offset i32) (param $scale f32) (param $threshold f32) (param $outRows i32) (param $outScores i32) (param $room i32) (param $outNext i32) (param $scratch i32) (result i32)
    (local $hits i32) (local $row i32) (local $a i32) (local $b i32) (local $end i32) (local $q i32) (local $q0 v128) (local $q1 v128) (local $q2 v128) (local $q3 v128)
    (local $sumA v128) (local $sumB v128) (local $ones v128) (local $offsets v128) (local $factor v128) (local $least v128) (local $stride i32) (local $mask i32) (local $lane i32)
    (local.set $ones (v128.const i16x8 1 1 1 1 1 1 1 1))
    (local.set $offsets (i32x4.splat (local.get $offset)))
    (local.set $factor (f32x4.splat (local.get $scale)))
    (local.set $least (f32x4.splat (local.get $threshold)))
    (local.set $row (i32.and (local.get $from) (i32.const -4)))
    (local.set $stride (i32.shl (local.get $width) (i32.const 2)))
    (local.set $a (i32.add (local.get $codes) (i32.mul (local.get $row) (local.get $width))))
    (loop $rows
      (local.set $b (i32.add (local.get $a) (local.get $stride)))
      (local.set $end (local.get $b))
      (local.set $q (local.get $query))
      (local.set $sumA (v128.const i32x4 0 0 0 0))
      (local.set $sumB (v128.const i32x4 0 0 0 0))
      (loop $parts
        (local.set $q0 (v128.load (local.get $q)))
        (local.set $q1 (v128.load offset=16 (local.get $q)))
        (local.set $q2 (v128.load offset=32 (local.get $q)))
        (local.set $q3 (v128.load offset=48 (local.get $q)))
        (local.set $sumA (i32x4.add (local.get $sumA) (i32x4.dot_i16x8_s (local.get $ones)
          (i16x8.add (i16x8.relaxed_dot_i8x16_i7x16_s (local.get $q0) (v128.load (local.get $a))) (i16x8.relaxed_dot_i8x16_i7x16_s (local.get $q1) (v128.load offset=16 (local.get $a)))))))
        (local.set $sumA (i32x4.add (local.get $sumA) (i32x4.dot_i16x8_s (local.get $ones)
          (i16x8.add (i16x8.relaxed_dot_i8x16_i7x16_s (local.get $q2) (v128.load offset=32 (local.get $a))) (i16x8.relaxed_dot_i8x16_i7x16_s (local.get $q3) (v128.load offset=48 (local.get $a)))))))
        (local.set $sumB (i32x4.add (local.get $sumB) (i32x4.dot_i16x8_s (local.get $ones)
          (i16x8.add (i16x8.relaxed_dot_i8x16_i7x16_s (local.get $q0) (v128.load (local.get $b))) (i16x8.relaxed_dot_i8x16_i7x16_s (local.get $q1) (v128.load offset=16 (local.get $b)))))))
        (local.set $sumB (i32x4.add (local.get $sumB) (i32x4.dot_i16x8_s (local.get $ones)
          (i16x8.add (i16x8.relaxed_dot_i8x16_i7x16_s (local.get $q2) (v128.load offset=32 (local.get $b))) (i16x8.relaxed_dot_i8x16_i7x16_s (local.get $q3) (v128.load offset=48 (local.get $b)))))))
        (local.set $q (i32.add (local.get $q) (i32.const 64)))
        (local.set $a (i32.add (local.get $a) (i32.const 64)))
        (local.set $b (i32.add (local.get $b) (i32.const 64)))
        (br_if $parts (i32.lt_u (local.get $a) (local.get $end))))
      (local.set $a (local.get $b))
      (local.set $lane (i32.shl (local.get $row) (i32.const 2)))
      (local.set $sumA (f32x4.add
        (f32x4.mul
          (f32x4.mul (f32x4.convert_i32x4_s (i32x4.sub (local.get $sumA) (local.get $offsets))) (local.get $factor))
          (v128.load (i32.add (local.get $scales) (local.get $lane))))
        (v128.load (i32.add (local.get $biases) (local.get $lane)))))
      (local.set $sumB (f32x4.add
        (f32x4.mul
          (f32x4.mul (f32x4.convert_i32x4_s (i32x4.sub (local.get $sumB) (local.get $offsets))) (local.get $factor))
          (v128.load offset=16 (i32.add (local.get $scales) (local.get $lane))))
        (v128.load offset=16 (i32.add (local.get $biases) (local.get $lane)))))
      (local.set $mask (i32.or
        (i32x4.bitmask (f32x4.ge (local.get $sumA) (local.get $least)))
        (i32.shl (i32x4.bitmask (f32x4.ge (local.get $sumB) (local.get $least))) (i32.const 4))))
      (if (local.get $mask)
        (then
          (if (i32.lt_s (local.get $row) (local.get $from))
            (then (local.set $mask (i32.and (local.get $mask) (i32.shl (i32.const -1) (i32.sub (local.get $from) (local.get $row)))))))
          (if (i32.gt_s (i32.sub (i32.add (local.get $row) (i32.const 8)) (local.get $to)) (i32.const 0))
            (then (local.set $mask (i32.and (local.get $mask) (i32.sub (i32.shl (i32.const 1) (i32.sub (local.get $to) (local.get $row))) (i32.const 1))))))
          (v128.store (local.get $scratch) (local.get $sumA))
          (v128.store offset=16 (local.get $scratch) (local.get $sumB))
          (block $none
            (br_if $none (i32.eqz (local.get $mask)))
            (loop $lanes
              (local.set $lane (i32.ctz (local.get $mask)))
              (i32.store (i32.add (local.get $outRows) (i32.shl (local.get $hits) (i32.const 2))) (i32.add (local.get $row) (local.get $lane)))
              (f32.store (i32.add (local.get $outScores) (i32.shl (local.get $hits) (i32.const 2))) (f32.load (i32.add (local.get $scratch) (i32.shl (local.get $lane) (i32.const 2)))))
              (local.set $hits (i32.add (local.get $hits) (i32.const 1)))
              (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
              (br_if $lanes (local.get $mask))))))
      (local.set $row (i32.add (local.get $row) (i32.const 8)))
      (br_if $rows (i32.and (i32.lt_s (local.get $row) (local.get $to)) (i32.le_s (local.get $hits) (i32.sub (local.get $room) (i32.const 8))))))
    (i32.store (local.get $outNext) (local.get $row))
    (local.get $hits))

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
