/** Whom an adapter was trained for, by its file alone: no model need be loaded. */

import { ADAPTER_KEYS } from '../../inference/gguf/adapterKeys';
import { readGgufFile } from '../../inference/gguf/gguf';
import type { AdapterRole } from './choices';

/** Of completion where it does not say, and where the file cannot be read: whoever uses it then says why not. */
export function roleOf(file: string): AdapterRole {
	try {
		const role = readGgufFile(file).metadata.get(ADAPTER_KEYS.role);
		return role?.type === 'string' && role.value === 'chat' ? 'chat' : 'completion';
	} catch {
		return 'completion';
	}
}
