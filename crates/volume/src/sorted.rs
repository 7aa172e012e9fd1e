//! Sorting where little is sorted. The standard library's sort is compiled anew for every closure, and each time weighs
//! kilobytes in what a browser fetches: here it is once.

use std::cmp::Ordering;

/// As [`slice::sort_by`].
pub fn sort_by<T>(items: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    let order = order(items.len(), &|a, b| compare(&items[a], &items[b]));
    let mut taken: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(order.into_iter().filter_map(|n| taken.get_mut(n)?.take()));
}

fn order(length: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..length).collect();
    order.sort_by(|&a, &b| compare(a, b));
    order
}

/// Rising, by [`f64::total_cmp`].
pub fn sort_numbers(numbers: &mut [f64]) {
    numbers.sort_unstable_by(f64::total_cmp);
}

/// Voxels `[i, j, k]` as they lie: slice by slice, row by row.
pub fn sort_voxels(voxels: &mut [[usize; 3]]) {
    voxels.sort_unstable_by_key(|&[i, j, k]| (k, j, i));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_equal_keeps_its_order() {
        let mut items: Vec<(usize, usize)> = (0..200).map(|n| (n * 37 % 5, n)).collect();
        let mut expected = items.clone();
        expected.sort_by_key(|&(key, _)| key);
        sort_by(&mut items, |a, b| a.0.cmp(&b.0));
        assert_eq!(items, expected);
    }
}
