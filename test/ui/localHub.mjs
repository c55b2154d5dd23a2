/** A hub of models on this machine: a server behind a proxy, which the editor honours, so that nothing in the product knows of it. */
import { importTypeScript } from '../support/typescript.mjs';

const { FileServer, sha256 } = await importTypeScript('test/support/fileServer.ts');
const { ConnectProxy } = await importTypeScript('test/support/connectProxy.ts');

const json = (value) => Buffer.from(JSON.stringify(value));

export class LocalHub {
	/**
	 * @param {string} repository The only one that a search finds.
	 * @param {Record<string, Buffer>} files By their names in it.
	 */
	static async start(repository, files) {
		const server = await FileServer.start();
		const proxy = await ConnectProxy.start(server.port);
		const tags = ['gguf', 'license:mit'];
		server.files.set('/api/models', json([{ id: repository, downloads: 4321, gated: false, tags }]));
		const hub = new LocalHub(repository, server, proxy);
		hub.add(repository, files);
		return hub;
	}

	constructor(repository, server, proxy) {
		this.repository = repository;
		this.server = server;
		this.proxy = proxy;
	}

	/** One more that is there, though no search finds it. */
	add(repository, files) {
		const { server } = this;
		const listed = Object.entries(files).map(([file, bytes]) => ({
			type: 'file',
			path: file,
			size: bytes.length,
			lfs: { oid: sha256(bytes), size: bytes.length },
		}));
		server.files.set(`/api/models/${repository}/tree/main`, json(listed));
		for (const [file, bytes] of Object.entries(files)) {
			server.files.set(`/${repository}/resolve/main/${file}`, bytes);
		}
	}

	/** Of the editor. */
	get settings() {
		return { 'http.proxy': this.proxy.address, 'http.proxyStrictSSL': false };
	}

	/** Servers that were asked for, as often as they were. */
	get asked() {
		return this.proxy.asked;
	}

	/** What happens to the next requests for files. */
	get script() {
		return this.server.script;
	}

	/** The ranges that were asked of a file, undefined for the whole. */
	ranges(name) {
		const file = `/${this.repository}/resolve/main/${name}`;
		return this.server.seen.filter(({ path }) => path === file).map(({ range }) => range);
	}

	async stop() {
		this.proxy.stop();
		await this.server.stop();
	}
}
