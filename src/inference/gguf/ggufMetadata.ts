/** Typed access to a GGUF's metadata: a key of another type or out of range is refused by name. */
import { GgufError } from './blockReader';
import type { GgufArray, GgufValue, NumberType } from './gguf';

/** Throws a `GgufError`; an expression, so that it can stand behind `??`. */
export function invalid(message: string): never {
	throw new GgufError(message);
}

function describe(value: GgufValue): string {
	return value.type === 'array' ? `an array of ${value.of}` : value.type;
}

/** llama.cpp requires the exact types that are asked for here. */
export class Metadata {
	constructor(private readonly values: ReadonlyMap<string, GgufValue>) {}

	get(key: string): GgufValue | undefined {
		return this.values.get(key);
	}

	entries(): IterableIterator<[string, GgufValue]> {
		return this.values.entries();
	}

	number(key: string, type: NumberType): number | undefined {
		const value = this.values.get(key);
		if (value === undefined) {
			return undefined;
		}
		if (value.type !== type || typeof value.value !== 'number') {
			invalid(`metadata key "${key}" has the type ${describe(value)} instead of ${type}`);
		}
		return value.value;
	}

	string(key: string): string | undefined {
		const value = this.values.get(key);
		if (value !== undefined && value.type !== 'string') {
			invalid(`metadata key "${key}" has the type ${describe(value)} instead of string`);
		}
		return value?.value;
	}

	array(key: string, of: readonly GgufArray['of'][]): GgufArray | undefined {
		const value = this.values.get(key);
		if (value === undefined) {
			return undefined;
		}
		if (value.type !== 'array' || !of.includes(value.of)) {
			invalid(`metadata key "${key}" is ${describe(value)} instead of an array of ${of.join(' or ')}`);
		}
		return value;
	}

	/** A whole number in a range; undefined where it may be missing. */
	optionalCount(key: string, least: number, most: number): number | undefined {
		const value = this.number(key, 'uint32');
		if (value !== undefined && (value < least || value > most)) {
			invalid(`metadata key "${key}" is ${value} instead of ${least} to ${most}`);
		}
		return value;
	}

	count(key: string, least: number, most: number): number {
		return this.optionalCount(key, least, most) ?? invalid(`metadata key "${key}" is missing`);
	}

	/** One number for all layers, or an array with one for each. */
	perLayer(key: string, layers: number): readonly number[] | undefined {
		const value = this.values.get(key);
		if (value === undefined) {
			return undefined;
		}
		if (value.type !== 'array') {
			return [this.count(key, 0, 0xffff_ffff)];
		}
		const { length, numbers } = this.array(key, ['uint32', 'int32']) ?? value;
		if (length !== layers || numbers === undefined) {
			invalid(`metadata key "${key}" has ${length} elements instead of one for each of ${layers} layers`);
		}
		const least = Math.min(...numbers);
		if (least < 0) {
			invalid(`metadata key "${key}" has the negative element ${least}`);
		}
		return numbers;
	}
}
