//! The innermost loops over chunks of 65,536 works as bits, compiled once more for the wide
//! registers that most machines have.
//!
//! Owns every instruction that not all machines know, and so the crate's only calls that the
//! compiler cannot check: each is made after asking the processor. The loops themselves are plain
//! and safe; the compiler turns them into the widest form that the function's features allow.
#![allow(unsafe_code)]

/// The words of a chunk's bits.
pub(super) const WORDS: usize = 1024;
/// A chunk's bits.
pub(super) type Bits = [u64; WORDS];

/// Defines a loop in a plain form and in wide ones, and picks one when called.
macro_rules! lanes {
    ($(#[$doc:meta])* fn $name:ident($($arg:ident: $type:ty),*) $(-> $out:ty)? $body:block) => {
        $(#[$doc])*
        #[inline]
        pub(super) fn $name($($arg: $type),*) $(-> $out)? {
            #[inline(always)]
            fn plain($($arg: $type),*) $(-> $out)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512vpopcntdq,bmi2,popcnt")]
                fn widest($($arg: $type),*) $(-> $out)? { plain($($arg),*) }
                #[target_feature(enable = "avx2,bmi2,popcnt")]
                fn wide($($arg: $type),*) $(-> $out)? { plain($($arg),*) }
                if is_x86_feature_detected!("avx512vpopcntdq")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vl")
                {
                    // SAFETY: the processor has just said that it knows these instructions; every
                    // one with AVX-512 knows BMI2 and POPCNT.
                    return unsafe { widest($($arg),*) };
                }
                if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi2") {
                    // SAFETY: the processor has just said that it knows these instructions; every
                    // one with AVX2 knows POPCNT.
                    return unsafe { wide($($arg),*) };
                }
            }
            plain($($arg),*)
        }
    };
}

lanes! {
    /// Works in a chunk.
    fn count(bits: &Bits) -> u32 {
        bits.iter().map(|word| word.count_ones()).sum()
    }
}
lanes! {
    /// Works in both chunks.
    fn count_both(one: &Bits, other: &Bits) -> u32 {
        one.iter().zip(other).map(|(one, other)| (one & other).count_ones()).sum()
    }
}
lanes! {
    /// Keeps what the other has too.
    fn and(bits: &mut Bits, other: &Bits) {
        for (word, other) in bits.iter_mut().zip(other) {
            *word &= other;
        }
    }
}
lanes! {
    /// Drops what the other has.
    fn and_not(bits: &mut Bits, other: &Bits) {
        for (word, other) in bits.iter_mut().zip(other) {
            *word &= !other;
        }
    }
}
lanes! {
    /// Adds what the other has.
    fn or(bits: &mut Bits, other: &Bits) {
        for (word, other) in bits.iter_mut().zip(other) {
            *word |= other;
        }
    }
}
lanes! {
    /// Keeps works whose class lies between these two; those of the two themselves are moved to
    /// `ends`. There is a class for each work of the chunk, or fewer in the last one: works beyond
    /// are dropped.
    fn keep_classes(bits: &mut Bits, ends: &mut Bits, classes: &[u8], first: u8, last: u8) {
        let mut whole = classes.chunks(64);
        for (word, ends) in bits.iter_mut().zip(ends.iter_mut()) {
            let (mut inside, mut end) = (0_u64, 0_u64);
            for (at, class) in whole.next().unwrap_or_default().iter().enumerate() {
                inside |= u64::from(first < *class && *class < last) << at;
                end |= u64::from(*class == first || *class == last) << at;
            }
            *ends = *word & end;
            *word &= inside;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn some_bits() -> impl Strategy<Value = Box<Bits>> {
        proptest::collection::vec(any::<u64>(), WORDS).prop_map(|words| {
            let mut bits = Box::new([0; WORDS]);
            bits.copy_from_slice(&words);
            bits
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn loops_do_what_one_bit_at_a_time_does(
            one in some_bits(), other in some_bits(),
            length in 65_000_usize..=65_536, first: u8, last: u8,
        ) {
            let has = |bits: &Bits, at: usize| bits[at / 64] >> (at % 64) & 1 == 1;
            let classes: Vec<u8> =
                (0..length as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
            let (mut and_, mut not_, mut or_) = (one.clone(), one.clone(), one.clone());
            let (mut inside, mut ends) = (one.clone(), other.clone());
            and(&mut and_, &other);
            and_not(&mut not_, &other);
            or(&mut or_, &other);
            keep_classes(&mut inside, &mut ends, &classes, first, last);
            for at in 0..65_536 {
                let (one, other) = (has(&one, at), has(&other, at));
                prop_assert_eq!(has(&and_, at), one && other);
                prop_assert_eq!(has(&not_, at), one && !other);
                prop_assert_eq!(has(&or_, at), one || other);
                let class = classes.get(at).copied();
                let between = class.is_some_and(|class| first < class && class < last);
                prop_assert_eq!(has(&inside, at), one && between);
                let end = class.is_some_and(|class| class == first || class == last);
                prop_assert_eq!(has(&ends, at), one && end);
            }
            let ones = |bits: &Bits| (0..65_536).filter(|at| has(bits, *at)).count() as u32;
            prop_assert_eq!(count(&one), ones(&one));
            prop_assert_eq!(count_both(&one, &other), ones(&and_));
        }
    }
}
