//! Plain code as the compiler makes it for the widest vectors of the processor at hand.

/// What `work` gives, made for AVX-512, or nothing where there is none: its vectors multiply 64 bits by 64, which those before
/// do in as many steps as plain code takes. All that is to be made so has to be inlined into `work`.
#[inline]
pub(crate) fn with_avx512<T>(work: impl FnOnce() -> T) -> Option<T> {
    #[cfg(all(target_arch = "x86_64", not(feature = "scalar")))]
    if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") {
        #[target_feature(enable = "avx512f,avx512dq")]
        fn run<T>(work: impl FnOnce() -> T) -> T {
            work()
        }
        #[expect(unsafe_code, reason = "a processor's instructions may be used only after it was asked for them")]
        // SAFETY: the processor was asked for what the function is made of.
        return Some(unsafe { run(work) });
    }
    drop(work);
    None
}
