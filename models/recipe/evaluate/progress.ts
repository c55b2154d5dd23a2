/** How far a long stage is, on standard error: standard output is for the report. */

/** Milliseconds between two lines. */
const PAUSE = 15_000;

/** Says `text` now, and with what is handed on at most every 15 s. */
export function progressOf(text: string): (detail: string) => void {
	console.error(text);
	let last = performance.now();
	return (detail) => {
		const now = performance.now();
		if (now - last >= PAUSE) {
			last = now;
			console.error(`${text}: ${detail}`);
		}
	};
}
