//! Some of a series' slices, and the memory that they take.

use serde::{Deserialize, Serialize};

/// Every `step`th slice from `first` to `last`, of `of`. Slices count from 0 in scroll order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub first: usize,
    pub last: usize,
    pub step: usize,
    pub of: usize,
}

impl Part {
    pub fn whole(of: usize) -> Self {
        Self::every(1, of)
    }

    pub fn every(step: usize, of: usize) -> Self {
        Self { first: 0, last: of.saturating_sub(1), step: step.max(1), of }
    }

    /// The slices between two, both included, in whichever order they are given.
    pub fn between(a: usize, b: usize, of: usize) -> Self {
        let within = |slice: usize| slice.min(of.saturating_sub(1));
        Self { first: within(a.min(b)), last: within(a.max(b)), step: 1, of }
    }

    pub fn is_whole(&self) -> bool {
        self.slices() == self.of
    }

    pub fn slices(&self) -> usize {
        self.indices().len()
    }

    pub fn indices(&self) -> impl ExactSizeIterator<Item = usize> + use<> {
        let end = self.of.min(self.last.saturating_add(1));
        (self.first.min(end)..end).step_by(self.step.max(1))
    }
}

/// What a series asks for, against what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    pub slices: usize,
    pub slice_bytes: u64,
    /// Bytes that the browser can give.
    pub room: u64,
}

/// What pictures, headers and the search take beside the volume.
const BESIDE: u64 = 96 << 20;
/// The volume is one allocation; WebAssembly's are at most `isize::MAX` bytes long.
const LARGEST: u64 = i32::MAX as u64;

impl Need {
    pub fn bytes(&self, slices: usize) -> u64 {
        self.volume(slices).saturating_add(BESIDE)
    }

    fn volume(&self, slices: usize) -> u64 {
        self.slice_bytes.saturating_mul(slices as u64)
    }

    pub fn fits(&self, slices: usize) -> bool {
        self.can_be_tried(slices) && self.bytes(slices) <= self.room
    }

    /// Whether it may succeed all the same: what the browser says of its room is a guess.
    pub fn can_be_tried(&self, slices: usize) -> bool {
        self.volume(slices) <= LARGEST
    }

    /// The most slices that fit.
    pub fn most_slices(&self) -> usize {
        let room = self.room.saturating_sub(BESIDE).min(LARGEST);
        let most = room / self.slice_bytes.max(1);
        usize::try_from(most).map_or(self.slices, |most| most.min(self.slices))
    }

    /// As many evenly chosen slices as fit; `None` where not even two do.
    pub fn thinned(&self) -> Option<Part> {
        let most = self.most_slices();
        (most > 1).then(|| Part::every(self.slices.div_ceil(most), self.slices))
    }
}

/// Bytes that one study may take of a machine with this much memory in GiB, as far as the browser tells.
/// Half is left to the system, the page and the search. Browsers round what they tell, and name no more than 8 or 32.
pub fn room(machine_gib: Option<f64>) -> u64 {
    const GIB: f64 = (1u64 << 30) as f64;
    // All addresses of WebAssembly, less its stack, its constants and what does not come in one piece.
    const ADDRESSES: f64 = 3.5 * GIB;
    machine_gib.map_or(ADDRESSES, |gib| (gib * GIB / 2.0).clamp(0.0, ADDRESSES)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1_000_000;

    #[test]
    fn parts_count_what_they_hold() {
        for (part, slices, whole, last) in [
            (Part::whole(10), 10, true, Some(9)),
            (Part::every(2, 10), 5, false, Some(8)),
            (Part::every(3, 10), 4, false, Some(9)),
            (Part::every(2, 1), 1, true, Some(0)),
            (Part::between(7, 3, 10), 5, false, Some(7)),
            (Part::between(3, 99, 10), 7, false, Some(9)),
            (Part::between(99, 99, 10), 1, false, Some(9)),
            (Part::whole(0), 0, true, None),
        ] {
            assert_eq!((part.slices(), part.is_whole()), (slices, whole), "{part:?}");
            assert_eq!(part.indices().last(), last, "{part:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_thinned_until_it_does() {
        // 512 × 512 in a tab with 4 GiB; 2048 × 2048 with 8; and with 1, where nothing of it fits.
        let ct = Need { slices: 1500, slice_bytes: 524_288, room: room(Some(4.0)) };
        assert!(ct.fits(1500));
        let micro = Need { slices: 1500, slice_bytes: 8_388_608, room: room(Some(8.0)) };
        assert!(!micro.fits(1500) && !micro.can_be_tried(1500));
        let thinned = micro.thinned().unwrap();
        assert_eq!((thinned.step, thinned.slices()), (6, 250));
        assert!(micro.fits(thinned.slices()) && !micro.fits(1500usize.div_ceil(5)));
        assert!(micro.fits(micro.most_slices()) && !micro.fits(micro.most_slices() + 1));
        let none = Need { room: 90 * MB, ..micro };
        assert_eq!((none.most_slices(), none.thinned()), (0, None));
        assert!(none.can_be_tried(200));
    }

    #[test]
    fn room_is_half_of_the_machine_and_never_beyond_the_addresses() {
        assert_eq!(room(Some(2.0)), 1 << 30);
        assert_eq!(room(Some(32.0)), room(None));
        assert!(room(None) < 1 << 32);
    }
}
