/**
 * How a text is typed in VS Code: which keys, and when. The rhythm is drawn from a seeded model, not taken from a
 * person; the same seed gives the same trace.
 *
 * Intervals are log-normal. The mean of all keys comes near the 240 ms that 168,000 volunteers had (Dhakal et al.,
 * "Observations on Typing from 136 Million Keystrokes", CHI 2018); programmers pause before a line and before a
 * symbol, so words go faster here and lines start slower. One letter in forty is mistyped and taken back.
 */

/** Medians of the intervals in milliseconds, before a key of each kind. */
const INTERVAL = { letter: 150, symbol: 230, space: 170, enter: 320, line: 700, correction: 330 };
/** Deviation of the logarithm: most intervals lie between two thirds and one and a half times the median. */
const SPREAD = 0.4;
/** Nobody who is typing waits longer, in milliseconds. */
const LONGEST = 2_500;
const MISTYPED = 1 / 40;
const CLOSERS = { '(': ')', '[': ']', '{': '}', "'": "'", '"': '"', '`': '`' };

/** The edits that type the text in VS Code with its defaults: brackets and quotes close, lines indent by themselves. */
export function keystrokes(text, seed) {
	const random = seededRandom(seed);
	const edits = [];
	/** What the editor has put after the cursor by itself. */
	let pending = '';
	for (let index = 0; index < text.length; ) {
		const character = text[index];
		const indented = /^\n[\t ]*/.exec(text.slice(index))?.[0];
		if (
			indented !== undefined &&
			/^\n[\t ]*}/.test(pending) &&
			text.startsWith(pending.slice(0, pending.indexOf('}') + 1), index)
		) {
			// Arrow down and End: past the brace that the editor has written.
			const over = pending.indexOf('}') + 1;
			edits.push({ key: 'line', over, moves: true });
			pending = pending.slice(over);
			index += over;
		} else if (indented !== undefined) {
			const opens = text[index - 1] === '{' && pending.startsWith('}');
			const indentation = /(?:^|\n)([\t ]*)[^\n]*$/.exec(text.slice(0, index))?.[1];
			const close = opens ? `\n${indentation}` : '';
			edits.push({ key: 'enter', insert: indented, ...(opens ? { close } : {}) });
			pending = close + pending;
			index += indented.length;
		} else if (character === '\t') {
			// The first line's indentation is typed.
			edits.push({ key: 'space', insert: '\t' });
			index++;
		} else if (pending.startsWith(character) && Object.values(CLOSERS).includes(character)) {
			edits.push({ key: 'symbol', over: 1 });
			pending = pending.slice(1);
			index++;
		} else if (character in CLOSERS) {
			edits.push({ key: 'symbol', insert: character, close: CLOSERS[character] });
			pending = CLOSERS[character] + pending;
			index++;
		} else {
			const letter = /[a-z]/i.test(character);
			if (letter && random() < MISTYPED) {
				const wrong = 'qwertyuiopasdfghjklzxcvbnm'[Math.floor(random() * 26)];
				edits.push({ key: 'letter', insert: wrong }, { key: 'correction', delete: 1 });
			}
			edits.push({ key: letter ? 'letter' : character === ' ' ? 'space' : 'symbol', insert: character });
			index++;
		}
	}
	if (pending !== '') {
		throw new Error(`left after the cursor: ${JSON.stringify(pending)}`);
	}
	return edits;
}

/** Gives each edit its time. */
export function rhythm(edits, seed) {
	const random = seededRandom(seed);
	const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
	let at = 0;
	let startsLine = true;
	return edits.map(({ key, ...edit }) => {
		const middle = startsLine && key !== 'line' ? INTERVAL.line : INTERVAL[key];
		at += Math.min(LONGEST, middle * Math.exp(SPREAD * gaussian()));
		startsLine = key === 'enter' || key === 'line';
		return { at: Math.round(at), ...edit };
	});
}

/** Numbers from 0 to 1 (mulberry32). */
function seededRandom(seed) {
	let state = seed | 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
