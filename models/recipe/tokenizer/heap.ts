/** A binary heap: what is to come first is taken first, in log n steps. */

export class Heap<T> {
	private readonly items: T[] = [];

	/** @param isBefore whether the first of two is to be taken before the second. */
	constructor(private readonly isBefore: (first: T, second: T) => boolean) {}

	add(item: T): void {
		const { items } = this;
		let index = items.length;
		items.push(item);
		while (index > 0) {
			const parent = (index - 1) >> 1;
			const above = items[parent];
			if (above === undefined || !this.isBefore(item, above)) {
				break;
			}
			items[index] = above;
			index = parent;
		}
		items[index] = item;
	}

	/** Undefined where it is empty. */
	take(): T | undefined {
		const { items } = this;
		const first = items[0];
		const last = items.pop();
		if (first === undefined || last === undefined || items.length === 0) {
			return first;
		}
		let index = 0;
		for (;;) {
			let child = 2 * index + 1;
			let below = items[child];
			const right = items[child + 1];
			if (below !== undefined && right !== undefined && this.isBefore(right, below)) {
				below = right;
				child++;
			}
			if (below === undefined || !this.isBefore(below, last)) {
				break;
			}
			items[index] = below;
			index = child;
		}
		items[index] = last;
		return first;
	}
}
