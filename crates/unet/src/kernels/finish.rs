//! What becomes of a sum before it is stored.

use super::lanes::Lanes;

/// A type and not a closure, so that it is inlined where the machine's own instructions are.
pub trait Finish<V>: Copy {
    fn of(&self, x: V) -> V;
}

#[derive(Clone, Copy)]
pub struct Same;

/// ReLU, of 0.
#[derive(Clone, Copy)]
pub struct AtLeast<V>(pub V);

/// What is below 0 times a slope of 0..=1.
#[derive(Clone, Copy)]
pub struct Leaky<V>(pub V);

impl<V: Lanes> Finish<V> for Same {
    #[inline(always)]
    fn of(&self, x: V) -> V {
        x
    }
}

impl<V: Lanes> Finish<V> for AtLeast<V> {
    #[inline(always)]
    fn of(&self, x: V) -> V {
        x.max(self.0)
    }
}

impl<V: Lanes> Finish<V> for Leaky<V> {
    #[inline(always)]
    fn of(&self, x: V) -> V {
        x.max(x.mul(self.0))
    }
}
