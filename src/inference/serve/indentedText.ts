/** Ends a text before the first line that is indented less than is wanted, as llama.cpp's `n_indent` does. */

export class IndentedText {
	/** A line end and the blanks behind it, until it is known what follows. */
	private held = '';
	private isOver = false;

	/** @param least blanks before each line but the first and empty ones; 0 lets all through. */
	constructor(private readonly least: number) {}

	get ended(): boolean {
		return this.isOver;
	}

	push(piece: string): string {
		if (this.least === 0 || this.isOver) {
			return this.isOver ? '' : piece;
		}
		let certain = '';
		for (const character of piece) {
			if (character === '\n') {
				certain += this.flush();
				this.held = character;
			} else if (this.held !== '' && /[ \t\r]/.test(character)) {
				this.held += character;
			} else if (this.held !== '' && this.held.length - 1 < this.least) {
				this.isOver = true;
				return certain;
			} else {
				certain += this.flush() + character;
			}
		}
		return certain;
	}

	flush(): string {
		const held = this.isOver ? '' : this.held;
		this.held = '';
		return held;
	}
}
