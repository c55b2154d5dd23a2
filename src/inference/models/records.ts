/** What is to be downloaded, as the library keeps it. */

import { fileAddress } from './hub';
import type { ModelRecord } from './library';
import type { ModelLink } from './links';
import { modelFileName } from './names';
import type { Variant } from './variants';

/** A model of the hub. */
export function variantRecord(
	repository: string,
	revision: string,
	{ files, quantisation }: Variant,
	about: Pick<ModelRecord, 'name' | 'licence' | 'roles'>,
): ModelRecord {
	// Files of one name may lie in several folders, and in several versions.
	const [folder = ''] = /^.*(?=\/)/.exec(files[0]?.path ?? '') ?? [];
	const version = revision === 'main' ? '' : `@${revision}`;
	return {
		name: quantisation === undefined ? about.name : `${about.name} ${quantisation}`,
		origin: `${repository}${version}${folder === '' ? '' : `/${folder}`}`,
		licence: about.licence,
		roles: about.roles,
		files: files.flatMap(({ path, bytes, sha256 }) => {
			const name = modelFileName(path);
			const address = fileAddress(repository, revision, path).href;
			return name === undefined ? [] : [{ name, address, bytes, sha256 }];
		}),
	};
}

/** A file of any server: what it holds is known when it is here. */
export function linkRecord({ address, name }: Extract<ModelLink, { type: 'file' }>): ModelRecord {
	return {
		name: name.replace(/\.gguf$/i, ''),
		origin: address.host,
		licence: undefined,
		roles: ['completion', 'chat'],
		files: [{ name, address: address.href, bytes: undefined, sha256: undefined }],
	};
}
