/** Which names of files and repositories are taken from outside: none that could lead out of a folder. */

/** As the hub allows them: an owner and a name. */
const REPOSITORY = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/;
const FILE = /^[A-Za-z0-9][\w.+-]{0,195}\.gguf$/i;
/** Names that Windows keeps for devices, whatever follows the dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

export function isRepository(text: string): boolean {
	return REPOSITORY.test(text) && !text.includes('..') && !text.endsWith('.git');
}

/** Of a file on this machine, without a folder. */
export function isModelFileName(text: string): boolean {
	return FILE.test(text) && !DEVICE.test(text) && !text.includes('..');
}

/** The name without folder of a path in a repository; undefined where it is none for a model file. */
export function modelFileName(repositoryPath: string): string | undefined {
	const name = repositoryPath.split('/').at(-1) ?? '';
	return isModelFileName(name) ? name : undefined;
}

/** Of a folder on this machine, made of any text. */
export function folderName(text: string): string {
	const name = text.replaceAll('/', '--').replace(/[^\w.-]|^[.-]+/g, '_');
	return (DEVICE.test(name) ? `_${name}` : name).slice(0, 200);
}
