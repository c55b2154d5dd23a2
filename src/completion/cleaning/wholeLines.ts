/** The lines of a growing text that can be judged: those that are not blank and will not grow any more. */

export interface WholeLine {
	/** With its indentation. */
	readonly text: string;
	/** Index where the text ends without this line and what follows it. */
	readonly endBefore: number;
	/** The text goes on from the cursor here. */
	readonly isFirst: boolean;
}

/** Unless `isComplete`, the last line may still grow into something else and is left out. */
export function wholeLines(text: string, isComplete: boolean): readonly WholeLine[] {
	const lines = text.split('\n');
	const whole: WholeLine[] = [];
	let start = 0;
	for (const [number, line] of lines.entries()) {
		if ((isComplete || number < lines.length - 1) && line.trim() !== '') {
			whole.push({ text: line, endBefore: Math.max(0, start - 1), isFirst: number === 0 });
		}
		start += line.length + 1;
	}
	return whole;
}
