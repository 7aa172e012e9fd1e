//! Huffman codes of JPEG (ITU-T T.81 Annex C, F.2.2) and the bits they come in.

use super::damaged;
use crate::refusal::Fault;

/// Entropy-coded bits. Beyond a marker or the end it gives zeros; [`Bits::overrun`] tells.
pub struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    held: u64,
    count: u32,
    /// Zeros that were made up.
    invented: u32,
}

impl<'a> Bits<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, held: 0, count: 0, invented: 0 }
    }

    /// At least 33 bits are held afterwards.
    #[inline(always)]
    fn fill(&mut self) {
        if self.count > 32 {
            return;
        }
        if let Some(&word) = self.data.get(self.at..).and_then(|d| d.first_chunk::<4>()) {
            let word = u32::from_be_bytes(word);
            // No byte of the four is FF.
            if word & !word.wrapping_add(0x0101_0101) & 0x8080_8080 == 0 {
                self.held = self.held << 32 | u64::from(word);
                self.count += 32;
                self.at += 4;
                return;
            }
        }
        while self.count <= 32 {
            let byte = self.byte();
            self.held = self.held << 8 | u64::from(byte);
            self.count += 8;
        }
    }

    fn byte(&mut self) -> u8 {
        match (self.data.get(self.at), self.data.get(self.at + 1)) {
            // T.81 B.1.1.5: FF is followed by a stuffed zero.
            (Some(0xFF), Some(0)) => {
                self.at += 2;
                0xFF
            }
            (Some(&byte), _) if byte != 0xFF => {
                self.at += 1;
                byte
            }
            _ => {
                self.invented = self.invented.saturating_add(8);
                0
            }
        }
    }

    /// Whether bits were used that the stream does not have.
    pub fn overrun(&self) -> bool {
        self.invented > self.count
    }

    /// Steps over the RSTn that ends interval `number`, counted from 0 (T.81 E.1.4).
    pub fn restart(&mut self, number: usize) -> Result<(), Fault> {
        self.at = self.end()?;
        let wanted = 0xD0 + (number % 8) as u8;
        let rest = self.data.get(self.at..).unwrap_or(&[]);
        let fill = rest.iter().take_while(|&&byte| byte == 0xFF).count();
        if fill == 0 || rest.get(fill) != Some(&wanted) {
            return Err(damaged("a restart marker is missing"));
        }
        self.at += fill + 1;
        (self.held, self.count, self.invented) = (0, 0, 0);
        Ok(())
    }

    /// Where the marker is that ends the data. What is left before it can only be padding: anything else
    /// tells that codes were misread.
    pub fn end(&mut self) -> Result<usize, Fault> {
        self.fill();
        if self.overrun() {
            return Err(damaged("ends early"));
        }
        let whole_bytes = (self.count - self.invented) & !7;
        let mask = u64::MAX.checked_shr(64 - whole_bytes).unwrap_or(0);
        let held = (self.held >> self.invented) & mask;
        let rest = self.data.get(self.at..).unwrap_or(&[]);
        let padding = rest.iter().take_while(|&&byte| byte == 0).count();
        match rest.get(padding..) {
            // A stuffed zero: no marker.
            Some([0xFF, 0, ..]) => Err(damaged("data beyond the image")),
            Some([] | [0xFF, ..]) if held == 0 => Ok(self.at + padding),
            _ => Err(damaged("data beyond the image")),
        }
    }

    /// A value of `size` bits, 1 to 16, that [`Table::value`] left (T.81 F.2.2.1, EXTEND).
    #[inline(always)]
    pub fn signed(&mut self, size: u32) -> i32 {
        extended(self.taken(size), size)
    }

    /// Up to 16 bits that [`Table::value`] left.
    #[inline(always)]
    pub fn taken(&mut self, size: u32) -> u32 {
        self.count -= size;
        (self.held >> self.count) as u32 & ((1 << size) - 1)
    }

    /// One bit.
    #[inline(always)]
    pub fn bit(&mut self) -> bool {
        self.fill();
        self.taken(1) == 1
    }

    #[inline(always)]
    fn peek(&self, bits: u32) -> usize {
        (self.held >> (self.count - bits)) as usize & ((1 << bits) - 1)
    }
}

/// T.81 F.2.2.1, EXTEND: the value that `size` bits, 1 to 16, stand for.
#[inline(always)]
fn extended(raw: u32, size: u32) -> i32 {
    let raw = raw as i32;
    if raw < 1 << (size - 1) { raw - (1 << size) + 1 } else { raw }
}

const FAST: u32 = 12;

/// A code table: short codes by look-up, long ones by their length.
pub struct Table {
    /// Length and value for each beginning of [`FAST`] bits; length 0: the code is longer.
    fast: Box<[(u8, u8); 1 << FAST]>,
    /// For each length: the first code beyond its codes, and what a code is moved by to find its value.
    beyond: [u32; 17],
    shift: [u32; 17],
    values: Vec<u8>,
}

impl Table {
    /// `counts` of the codes of length 1 to 16, and their values (T.81 C.2).
    pub fn new(counts: &[u8; 16], values: &[u8]) -> Result<Self, Fault> {
        let mut table = Self {
            fast: Box::new([(0, 0); 1 << FAST]),
            beyond: [0; 17],
            shift: [0; 17],
            values: values.to_vec(),
        };
        let mut code = 0u32;
        let mut rest = values.iter();
        let mut used = 0u32;
        for (length, &count) in (1u32..).zip(counts) {
            let at = length as usize;
            table.shift[at] = used.wrapping_sub(code);
            for &value in rest.by_ref().take(usize::from(count)) {
                if code >> length != 0 {
                    return Err(damaged("Huffman table"));
                }
                if length <= FAST {
                    let first = (code << (FAST - length)) as usize;
                    let entries = table.fast.iter_mut().skip(first).take(1 << (FAST - length));
                    entries.for_each(|entry| *entry = (length as u8, value));
                }
                code += 1;
                used += 1;
            }
            table.beyond[at] = if count > 0 { code } else { 0 };
            code <<= 1;
        }
        Ok(table)
    }

    /// The value of the next code. At least 17 bits are held afterwards.
    #[inline(always)]
    pub fn value(&self, bits: &mut Bits<'_>) -> Result<u8, Fault> {
        bits.fill();
        let (length, value) = self.fast[bits.peek(FAST) & ((1 << FAST) - 1)];
        if length == 0 {
            return self.long(bits);
        }
        bits.count -= u32::from(length);
        Ok(value)
    }

    /// A signed difference: a code for its size, then its bits (T.81 H.1.2.2).
    #[inline(always)]
    pub fn difference(&self, bits: &mut Bits<'_>) -> Result<i32, Fault> {
        match self.value(bits)? {
            0 => Ok(0),
            size @ 1..=15 => Ok(bits.signed(u32::from(size))),
            // T.81 H.1.2.2: no further bits.
            16 => Ok(32768),
            _ => Err(damaged("size of a difference")),
        }
    }

    #[cold]
    fn long(&self, bits: &mut Bits<'_>) -> Result<u8, Fault> {
        for length in FAST + 1..=16 {
            let code = bits.peek(length) as u32;
            let at = length as usize;
            if code < self.beyond[at] {
                bits.count -= length;
                let value = self.values.get(code.wrapping_add(self.shift[at]) as usize);
                return value.copied().ok_or_else(|| damaged("Huffman code"));
            }
        }
        Err(damaged("Huffman code"))
    }
}

/// Differences of lossless JPEG, most of them by one look-up: the code of the size together with the bits after it.
pub struct Differences<'a> {
    table: &'a Table,
    /// Length and difference for each beginning of [`FAST`] bits; length 0: the two are longer.
    fast: Box<[(u8, i16); 1 << FAST]>,
}

impl<'a> Differences<'a> {
    pub fn new(table: &'a Table) -> Self {
        let mut fast = Box::new([(0, 0); 1 << FAST]);
        for ((beginning, entry), &(code, size)) in (0u32..).zip(fast.iter_mut()).zip(&*table.fast) {
            let (length, size) = (u32::from(code) + u32::from(size), u32::from(size));
            if code > 0 && length <= FAST {
                let raw = beginning >> (FAST - length) & ((1 << size) - 1);
                let difference = if size > 0 { extended(raw, size) } else { 0 };
                *entry = (length as u8, difference as i16);
            }
        }
        Self { table, fast }
    }

    #[inline(always)]
    pub fn next(&self, bits: &mut Bits<'_>) -> Result<i32, Fault> {
        bits.fill();
        let (length, difference) = self.fast[bits.peek(FAST) & ((1 << FAST) - 1)];
        if length == 0 {
            return self.table.difference(bits);
        }
        bits.count -= u32::from(length);
        Ok(i32::from(difference))
    }
}

/// The tables of a stream by class and number (T.81 B.2.4.2).
#[derive(Default)]
pub struct Tables {
    dc: [Option<Table>; 4],
    ac: [Option<Table>; 4],
}

impl Tables {
    /// A DHT segment, which may hold several.
    pub fn read(&mut self, mut body: &[u8]) -> Result<(), Fault> {
        let wrong = || damaged("Huffman table");
        while let Some((&head, rest)) = body.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or_else(wrong)?;
            let total = counts.iter().map(|&n| usize::from(n)).sum();
            let (values, rest) = rest.split_at_checked(total).ok_or_else(wrong)?;
            let class = if head >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            let place = class.get_mut(usize::from(head & 15)).filter(|_| head >> 4 <= 1);
            *place.ok_or_else(wrong)? = Some(Table::new(counts, values)?);
            body = rest;
        }
        Ok(())
    }

    /// The table of DC coefficients, or of the differences of lossless JPEG.
    pub fn dc(&self, number: u8) -> Result<&Table, Fault> {
        Self::named(&self.dc, number)
    }

    /// The table of AC coefficients.
    pub fn ac(&self, number: u8) -> Result<&Table, Fault> {
        Self::named(&self.ac, number)
    }

    fn named(class: &[Option<Table>; 4], number: u8) -> Result<&Table, Fault> {
        let table = class.get(usize::from(number)).and_then(Option::as_ref);
        table.ok_or_else(|| damaged("no Huffman table"))
    }
}
