/** Joins the text of a retried generation to what was delivered before the crash, so that nothing comes twice. */

export class Resumption {
	private delivered = '';
	/** Text of the current attempt, as far as it repeats what was delivered; undefined once it has caught up. */
	private repeated: string | undefined;

	/** Whether a consumer has seen text. */
	get hasDelivered(): boolean {
		return this.delivered !== '';
	}

	/** Another attempt begins from the start. */
	restart(): void {
		this.repeated = this.hasDelivered ? '' : undefined;
	}

	/**
	 * The part of the text that is new (perhaps empty), or undefined when this attempt says something else than
	 * what was delivered, so that it cannot continue it.
	 */
	accept(text: string): string | undefined {
		if (this.repeated === undefined) {
			this.delivered += text;
			return text;
		}
		this.repeated += text;
		if (this.repeated.length < this.delivered.length) {
			return this.delivered.startsWith(this.repeated) ? '' : undefined;
		}
		if (!this.repeated.startsWith(this.delivered)) {
			return undefined;
		}
		const fresh = this.repeated.slice(this.delivered.length);
		this.delivered = this.repeated;
		this.repeated = undefined;
		return fresh;
	}

	/** Whether an attempt that ends now has said all that was delivered. */
	get isComplete(): boolean {
		return this.repeated === undefined;
	}
}
