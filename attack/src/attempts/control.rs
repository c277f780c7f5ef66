//! Bodies that aim at the validator's and the lowering's loops: wide labels,
//! many branches, branch tables.

use wasm_encoder::{BlockType, Function, ValType};

use crate::attempt::{Attempt, How};
use crate::build::{I32, Parts, body, typed};
use crate::outcome::Kind;

const WIDE: [ValType; 1000] = [I32; 1000];

/// A module whose `f` has the body that `write` writes. Types 0, 1 and 2 go
/// from nothing to a thousand values, from a thousand to a thousand, and from
/// a thousand to nothing.
fn wide(write: impl Fn(&mut Function)) -> Vec<u8> {
    let mut parts = Parts::default();
    parts.ty(&[], &WIDE);
    parts.ty(&WIDE, &WIDE);
    parts.ty(&WIDE, &[]);
    let mut f = Function::new([(1, I32)]);
    write(&mut f);
    parts.main(f);
    parts.finish()
}

fn push_wide(f: &mut Function) {
    (0..1000).for_each(|i| {
        f.instructions().i32_const(i);
    });
}

fn drop_wide(f: &mut Function) {
    (0..1000).for_each(|_| {
        f.instructions().drop();
    });
}

const fn code_bomb(attempt: Attempt) -> Attempt {
    attempt
        .fails(Kind::HostResource, "of register code")
        .within(12.0, 3000)
}

pub(super) const ALL: &[Attempt] = &[
    Attempt::new(
        "br-table-1m",
        "a branch table of a million labels",
        How::Lower,
        || {
            let mut f = body();
            let labels = vec![0; 1_000_000];
            f.instructions()
                .block(BlockType::Empty)
                .i32_const(0)
                .br_table(labels, 0)
                .end();
            let mut parts = Parts::default();
            parts.main(f);
            parts.finish()
        },
    ),
    Attempt::new(
        "br-tables-100k",
        "100,000 branch tables under 100,000 open blocks",
        How::Lower,
        || {
            let mut f = body();
            (0..100_000).for_each(|_| {
                f.instructions().block(BlockType::Empty);
            });
            for _ in 0..100_000 {
                f.instructions()
                    .block(BlockType::Empty)
                    .i32_const(0)
                    .br_table([0], 0)
                    .end();
            }
            (0..100_000).for_each(|_| {
                f.instructions().end();
            });
            let mut parts = Parts::default();
            parts.main(f);
            parts.finish()
        },
    )
    .within(1.0, 100),
    Attempt::new(
        "br-table-wide-1m",
        "a branch table of a million labels of a thousand values",
        How::Lower,
        || {
            wide(|f| {
                f.instructions().block(typed(0));
                push_wide(f);
                f.instructions()
                    .i32_const(0)
                    .br_table(vec![0; 1_000_000], 0)
                    .end();
                drop_wide(f);
            })
        },
    )
    .within(15.0, 100),
    code_bomb(Attempt::new(
        "br-table-wide-deep",
        "a branch table to 60,000 labels, each of which needs a thousand moves",
        How::Lower,
        || {
            wide(|f| {
                (0..60_000).for_each(|_| {
                    f.instructions().block(typed(0));
                });
                f.instructions().i32_const(1);
                push_wide(f);
                f.instructions().local_get(0).br_table(0..60_000, 0);
                (0..60_000).for_each(|_| {
                    f.instructions().end();
                });
                drop_wide(f);
            })
        },
    )),
    code_bomb(Attempt::new(
        "br-if-wide",
        "300,000 branches that each move a thousand values: 6 KB of code for a byte",
        How::Lower,
        || {
            wide(|f| {
                f.instructions().block(typed(0));
                push_wide(f);
                (0..300_000).for_each(|_| {
                    f.instructions().local_get(0).br_if(0);
                });
                f.instructions().end();
                drop_wide(f);
            })
        },
    )),
    code_bomb(Attempt::new(
        "code-bomb-many",
        "the same in many functions, called one after the other",
        How::Call(u64::MAX),
        || {
            let mut parts = Parts::default();
            let ty = parts.ty(&[], &WIDE);
            let mut main = body();
            for i in 0..100 {
                let mut f = Function::new([(1, I32)]);
                push_wide(&mut f);
                (0..1_500).for_each(|_| {
                    f.instructions().local_get(0).br_if(0);
                });
                parts.func(ty, f);
                main.instructions().call(i);
                drop_wide(&mut main);
            }
            let nothing = parts.ty(&[], &[]);
            let index = parts.func(nothing, main);
            parts.export_f(index);
            parts.finish()
        },
    )),
    code_bomb(Attempt::new(
        "call-shifted",
        "calls whose thousand arguments lie one slot off, again and again",
        How::Lower,
        || {
            let mut parts = Parts::default();
            let shrink = parts.ty(&WIDE, &[I32; 999]);
            let mut f = body();
            (0..999).for_each(|i| {
                f.instructions().local_get(i);
            });
            parts.func(shrink, f);
            let narrow = parts.ty(&[I32; 998], &[I32; 999]);
            let mut f = body();
            (0..998).for_each(|i| {
                f.instructions().local_get(i);
            });
            f.instructions().i32_const(0);
            parts.func(narrow, f);
            let mut f = body();
            push_wide(&mut f);
            f.instructions().call(0);
            for _ in 0..300_000 {
                // 998 of 999, one below them: then all thousand again.
                f.instructions().call(1).call(0);
            }
            (0..999).for_each(|_| {
                f.instructions().drop();
            });
            parts.main(f);
            parts.finish()
        },
    )),
    Attempt::new(
        "br-if-same-label",
        "700,000 branches on a value to one label",
        How::Lower,
        || {
            let mut f = Function::new([(1, I32)]);
            f.instructions().block(BlockType::Result(I32)).i32_const(1);
            (0..700_000).for_each(|_| {
                f.instructions().local_get(0).br_if(0);
            });
            f.instructions().end().drop();
            let mut parts = Parts::default();
            parts.main(f);
            parts.finish()
        },
    )
    .within(2.0, 400),
    Attempt::new(
        "blocks-wide-deep",
        "500,000 nested blocks of a thousand results",
        How::Lower,
        || {
            wide(|f| {
                (0..500_000).for_each(|_| {
                    f.instructions().block(typed(0));
                });
                f.instructions().unreachable();
                (0..500_000).for_each(|_| {
                    f.instructions().end();
                });
                drop_wide(f);
            })
        },
    )
    .within(15.0, 200),
    Attempt::new(
        "loops-wide",
        "100,000 loops of a thousand parameters and results",
        How::Lower,
        || {
            wide(|f| {
                push_wide(f);
                (0..100_000).for_each(|_| {
                    f.instructions().loop_(typed(1)).end();
                });
                drop_wide(f);
            })
        },
    )
    .within(5.0, 200),
    Attempt::new(
        "ifs-wide",
        "50,000 ifs with else of a thousand parameters and results",
        How::Lower,
        || {
            wide(|f| {
                push_wide(f);
                (0..50_000).for_each(|_| {
                    f.instructions().local_get(0).if_(typed(1)).else_().end();
                });
                drop_wide(f);
            })
        },
    )
    .within(5.0, 200),
    Attempt::new(
        "blocks-live-locals",
        "100,000 blocks with sixty locals waiting to be read",
        How::Lower,
        || {
            let mut f = Function::new([(64, I32)]);
            for _ in 0..100_000 {
                f.instructions()
                    .local_get(0)
                    .block(BlockType::Empty)
                    .end()
                    .drop();
            }
            (0..60).for_each(|i| {
                f.instructions().local_get(i);
            });
            for _ in 0..100_000 {
                f.instructions()
                    .block(BlockType::Empty)
                    .local_get(7)
                    .local_set(8)
                    .end();
            }
            (0..60).for_each(|_| {
                f.instructions().drop();
            });
            let mut parts = Parts::default();
            parts.main(f);
            parts.finish()
        },
    ),
];
