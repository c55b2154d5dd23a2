/** A map that keeps only what was used last. */

export class Latest<V> {
	private readonly entries = new Map<string, V>();

	constructor(private readonly capacity: number) {}

	get(key: string): V | undefined {
		const found = this.entries.get(key);
		if (found !== undefined) {
			this.entries.delete(key);
			this.entries.set(key, found);
		}
		return found;
	}

	set(key: string, value: V): void {
		this.entries.delete(key);
		this.entries.set(key, value);
		for (const oldest of this.entries.keys()) {
			if (this.entries.size <= this.capacity) {
				break;
			}
			this.entries.delete(oldest);
		}
	}

	/** In order of use, the oldest first. */
	values(): readonly V[] {
		return [...this.entries.values()];
	}

	delete(key: string): void {
		this.entries.delete(key);
	}

	clear(): void {
		this.entries.clear();
	}
}
