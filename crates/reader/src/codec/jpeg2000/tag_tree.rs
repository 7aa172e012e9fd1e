//! Tag trees (ITU-T T.800 B.10.2).

use super::packets::HeaderBits;
use crate::refusal::Fault;

#[derive(Clone, Copy, Default)]
struct Node {
    /// The value is this at least, and exactly this once it is known.
    least: u16,
    known: bool,
}

#[derive(Clone)]
pub struct TagTree {
    /// Where the nodes of each level begin, and how many are in a row; leaves first.
    levels: Vec<(usize, usize)>,
    nodes: Vec<Node>,
}

impl TagTree {
    pub fn new(mut across: usize, mut down: usize) -> Self {
        let mut levels = Vec::new();
        let mut count = 0;
        loop {
            levels.push((count, across));
            count += across * down;
            if across * down <= 1 {
                break;
            }
            (across, down) = (across.div_ceil(2), down.div_ceil(2));
        }
        Self { levels, nodes: vec![Node::default(); count] }
    }

    /// Reads on until the value of a leaf is known or found not to be below `limit`.
    pub fn value(
        &mut self,
        x: usize,
        y: usize,
        limit: u16,
        bits: &mut HeaderBits<'_>,
    ) -> Result<Option<u16>, Fault> {
        let mut least = 0;
        let mut known = false;
        for (level, &(first, across)) in self.levels.iter().enumerate().rev() {
            let node = &mut self.nodes[first + (y >> level) * across + (x >> level)];
            node.least = node.least.max(least);
            while !node.known && node.least < limit {
                match bits.bit()? {
                    0 => node.least += 1,
                    _ => node.known = true,
                }
            }
            (least, known) = (node.least, node.known);
        }
        Ok(Some(least).filter(|&value| known && value < limit))
    }
}
