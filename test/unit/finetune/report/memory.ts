/** What VS Code remembers for an extension, for tests: plain values, as they come back from disk. */

import type { Memory } from '../../../../src/finetune/adapters/choices';

export function memory(): Memory {
	const values = new Map<string, unknown>();
	return {
		get: (key, defaultValue) => {
			const value: typeof defaultValue | undefined =
				JSON.parse(JSON.stringify(values.get(key) ?? null)) ?? undefined;
			return value ?? defaultValue;
		},
		update: async (key, value) => {
			values.set(key, value);
		},
	};
}
