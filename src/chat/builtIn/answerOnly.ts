/** Passes on what a model answers while it is written, without what it thinks before. */

import { answerOf, thoughtOf } from '../thinking';

export class AnswerOnly {
	private written = '';
	private told = 0;

	constructor(private readonly tell: (text: string) => void) {}

	/** Characters that were passed on. */
	get length(): number {
		return this.told;
	}

	add(text: string): void {
		this.written += text;
		this.pass(answerOf(this.written));
	}

	/** Nothing more comes: what might have become the beginning of a thought was none. */
	end(): void {
		if (thoughtOf(this.written).thinking === undefined) {
			this.pass(this.written);
		}
	}

	private pass(answer: string): void {
		// In front of a thought, too, there may be blanks.
		if (answer.trim() !== '' && answer.length > this.told) {
			this.tell(answer.slice(this.told));
			this.told = answer.length;
		}
	}
}
