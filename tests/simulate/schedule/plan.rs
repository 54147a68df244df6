//! What happens when, by chance.

use super::*;

impl Schedule {
    /// What happens when, by chance.
    pub(super) fn plan(&mut self) {
        let whole = TROUBLE + HEALS_WITHIN;
        for _ in 0..self.dice.usize(0..7) {
            let at = self.between(whole);
            self.at(at, Event::Happens(Step::Calls));
        }
        for _ in 0..self.dice.usize(0..5) {
            let at = self.between(whole);
            self.at(at, Event::Happens(Step::Texts));
        }
        for _ in 0..self.dice.usize(0..14) {
            let (at, short) = (self.between(TROUBLE), Duration::from_millis(self.dice.u64(10..8000)));
            let step = match self.dice.u8(..17) {
                14..=16 => Step::Freeze(Duration::from_millis(self.dice.u64(100..40_000))),
                0..=3 => Step::Reset,
                4 => Step::HalfOpen,
                5 => Step::NetworkDown(short),
                6 => Step::ServiceDown(short),
                7 => Step::Doors(Door::TooMany, self.dice.u32(1..4)),
                8 => Step::Doors(Door::Broken, self.dice.u32(1..6)),
                9 => Step::Doors(Door::NotFound, self.dice.u32(1..3)),
                10 => Step::Mute(short),
                11 => Step::Woke,
                12 => Step::RetryNow,
                _ if self.dice.u8(..5) == 0 => Step::Doors(Door::Unauthorized, u32::MAX),
                _ if self.speaks == Speaks::Auto(None) && self.dice.u8(..3) == 0 => Step::OtherDialect,
                _ => Step::Reset,
            };
            self.at(at, Event::Happens(step));
        }
        if self.dice.bool() {
            let at = self.between(TROUBLE);
            self.at(at, Event::Happens(Step::Renewed));
        }
        if self.is_given_wrongly() {
            self.at(TROUBLE, Event::Happens(Step::Detect));
        }
        self.plan_clocks();
    }

    /// Clocks that are wrong: the service's from the start, or for one event;
    /// this computer's, which is set now and then.
    pub(super) fn plan_clocks(&mut self) {
        let mut dice = self.clocks.clone();
        let far = |dice: &mut fastrand::Rng| dice.i64(FAR..FAR_OFF) * if dice.bool() { 1 } else { -1 };
        if dice.u8(..3) == 0 {
            // If it is behind, what a list tells before any event looks old.
            self.world.ahead = dice.i64(0..FAR_OFF);
        }
        let sometime = |dice: &mut fastrand::Rng| TROUBLE.mul_f64(dice.f64());
        let outlier = |dice: &mut fastrand::Rng| match dice.u8(..3) {
            0 => far(dice),
            1 => dice.i64(-A_DAY..=A_DAY),
            _ => -dice.i64(A_LITTLE_BEHIND),
        };
        for _ in 0..dice.usize(0..3) {
            let (at, by) = (sometime(&mut dice), outlier(&mut dice));
            self.at(at, Event::Happens(Step::WrongTime(by)));
        }
        if dice.u8(..4) == 0 {
            let (at, by) = (sometime(&mut dice), far(&mut dice));
            self.at(at, Event::Happens(Step::ClockSet(by)));
        }
    }
}
