/**
 * Every fault of a download (row 13 of test/faults/README.md), against a real server over https:
 * cut in mid-body, cut again and again, wrong hash, wrong size (longer, shorter), another version at resume (200 and 206),
 * 416 (complete, and beyond the end), a server that ignores Range, redirect to http, redirect loop, stall before and in the
 * body, disk full (before and while writing), rename that fails, 401/403/404/429/5xx, a web page instead of a model, an
 * untrusted certificate, cancel and resume, a spoilt part, two at once. A process that is killed, and two processes:
 * test/faults/row13-download.test.ts.
 */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import https from 'node:https';
import * as os from 'node:os';
import * as path from 'node:path';
import { english } from '../../../../src/finetune/job/english';
import { isAbort } from '../../../../src/inference/cancel';
import { type Disk, realDisk } from '../../../../src/inference/models/disk';
import {
	type DownloadTools,
	download,
	type Step,
	type WantedFile,
} from '../../../../src/inference/models/download';
import { DownloadFailure } from '../../../../src/inference/models/failure';
import type { WebOptions } from '../../../../src/inference/models/web';
import { soundModel } from '../../../support/badModels';
import { makeCertificate } from '../../../support/certificate';
import {
	answerWith,
	cutAfter,
	FileServer,
	type Handler,
	randomFile,
	sha256,
	stallAfter,
	tagOf,
	webOf,
} from '../../../support/fileServer';

const STRANGER = makeCertificate(['127.0.0.1']).cert;
const SIZE = 300_000;
const PATH = '/model.gguf';
const never = new AbortController().signal;

describe('inference/models/download', () => {
	let server: FileServer;
	let folder: string;
	let file: string;
	let content: Buffer;
	let steps: Step[];

	beforeEach(async () => {
		server = await FileServer.start();
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-download-'));
		file = path.join(folder, 'models', 'model.gguf');
		content = randomFile(SIZE);
		server.files.set(PATH, content);
		steps = [];
	});

	afterEach(async () => {
		await server.stop();
		fs.rmSync(folder, { recursive: true, force: true });
	});

	const wanted = (changes: Partial<WantedFile> = {}): WantedFile => ({
		address: server.address(PATH),
		file,
		bytes: SIZE,
		sha256: sha256(content),
		token: undefined,
		...changes,
	});
	const tools = (changes: Partial<DownloadTools> = {}, web: Partial<WebOptions> = {}): DownloadTools => ({
		web: webOf(server, web),
		disk: realDisk,
		translate: english,
		pauses: [0, 0, 0],
		...changes,
	});
	const run = (one = wanted(), by = tools(), signal = never) =>
		download(one, by, (step) => steps.push(step), signal);
	const fails = async (what: RegExp, kind: DownloadFailure['kind'], one = wanted(), by = tools()) => {
		await assert.rejects(run(one, by), (error: unknown) => {
			assert.ok(error instanceof DownloadFailure, String(error));
			assert.match(error.message, what);
			assert.equal(error.kind, kind);
			return true;
		});
	};
	const arrives = async (one = wanted(), by = tools()) => {
		assert.deepEqual(await run(one, by), { bytes: SIZE, sha256: sha256(content) });
		assert.ok(fs.readFileSync(file).equals(content));
		assert.deepEqual(
			fs.readdirSync(path.dirname(file)),
			['model.gguf'],
			'no part, no state, no lock is left',
		);
	};
	const partSize = () => fs.statSync(`${file}.part`, { throwIfNoEntry: false })?.size;
	const ranges = () => server.seen.map(({ range }) => range);

	it('puts a file in its place, with steps up to its size', async () => {
		await arrives();
		assert.deepEqual(steps.at(-1), { phase: 'downloading', bytes: SIZE });
		assert.deepEqual(ranges(), [undefined]);
	});

	it('asks nobody for a file that is there, and is not fooled by one of the same size', async () => {
		await arrives();
		await arrives();
		assert.equal(server.seen.length, 1);
		fs.writeFileSync(file, randomFile(SIZE));
		await arrives();
		assert.equal(server.seen.length, 2);
	});

	it('goes on where the connection broke', async () => {
		server.script.push(cutAfter(100_000, content), cutAfter(50_000, content));
		await arrives();
		assert.deepEqual(ranges(), [undefined, 'bytes=100000-', 'bytes=150000-']);
		assert.equal(server.seen[1]?.ifRange, tagOf(content));
		assert.deepEqual(
			steps.filter(({ phase }) => phase === 'broken').map(({ bytes }) => bytes),
			[100_000, 150_000],
		);
	});

	it('does not give up while every try brings something, and does after some that bring nothing', async () => {
		server.script.push(...Array.from({ length: 8 }, () => cutAfter(30_000, content)));
		await arrives();
		fs.rmSync(file);
		server.always = (request) => request.socket.destroy();
		await fails(/The connection to 127\.0\.0\.1:\d+ failed \(ECONNRESET\).*kept/, 'transient');
		assert.equal(server.seen.length, 9 + 4);
	});

	it('keeps what arrived when it is cancelled, and resumes it in another process or in this one', async () => {
		const controller = new AbortController();
		server.script.push(stallAfter(120_000, content));
		await assert.rejects(
			download(
				wanted(),
				tools(),
				({ bytes }) => {
					if (bytes >= 120_000) {
						controller.abort();
					}
				},
				controller.signal,
			),
			isAbort,
		);
		assert.equal(partSize(), 120_000);
		await arrives();
		assert.deepEqual(ranges(), [undefined, 'bytes=120000-']);
		assert.equal(steps[0]?.phase, 'checking');
	});

	it('settles at once when it is cancelled before anything, and leaves nothing', async () => {
		await assert.rejects(run(wanted(), tools(), AbortSignal.abort()), isAbort);
		assert.deepEqual(fs.readdirSync(path.dirname(file)), []);
	});

	it('throws away what has another hash, and says so', async () => {
		await fails(/wrong sha256.*thrown away/, 'final', wanted({ sha256: sha256(randomFile(10)) }));
		assert.deepEqual(fs.readdirSync(path.dirname(file)), []);
	});

	it('begins anew, once, when what had been left there was spoilt', async () => {
		server.script.push(cutAfter(100_000, content), answerWith(404));
		await fails(/has no \/model\.gguf/, 'final');
		const part = fs.readFileSync(`${file}.part`);
		part[50_000] = (part[50_000] ?? 0) ^ 1;
		fs.writeFileSync(`${file}.part`, part);
		await arrives();
		assert.deepEqual(ranges().slice(2), ['bytes=100000-', undefined]);
	});

	it('refuses another size than the list said before it takes a byte', async () => {
		await fails(/sends 300000 bytes.*299999 are expected/, 'final', wanted({ bytes: SIZE - 1 }));
		await fails(/sends 300000 bytes.*300001 are expected/, 'final', wanted({ bytes: SIZE + 1 }));
		assert.equal(partSize(), undefined);
	});

	it('refuses a body that is longer than its server said', async () => {
		server.always = (_request, response) => {
			response.writeHead(200, { etag: '"1"' });
			response.end(Buffer.concat([content, Buffer.from('more')]));
		};
		await fails(/sends 300004 bytes/, 'final');
		assert.equal(partSize(), undefined);
	});

	it('begins anew when the file was changed between two tries (the server answers 200)', async () => {
		const old = content;
		server.script.push(cutAfter(100_000, old));
		server.script.push((_request, _response, serve) => {
			content = randomFile(SIZE);
			server.files.set(PATH, content);
			serve();
		});
		await run(wanted({ sha256: undefined }));
		assert.ok(fs.readFileSync(file).equals(content));
		assert.equal(server.seen[1]?.ifRange, tagOf(old));
	});

	it('does not mix two versions where the server ignores If-Range', async () => {
		server.script.push(cutAfter(100_000, randomFile(SIZE)));
		server.always = (request, _response, serve) => {
			delete request.headers['if-range'];
			serve();
		};
		await arrives(wanted());
		assert.deepEqual(ranges(), [undefined, 'bytes=100000-', undefined]);
	});

	it('begins anew where the server answers with another range than was asked for', async () => {
		server.script.push(cutAfter(100_000, content), (_request, response) => {
			response.writeHead(206, {
				etag: tagOf(content),
				'content-range': `bytes 0-${SIZE - 1}/${SIZE}`,
				'content-length': SIZE,
			});
			response.end(content);
		});
		await arrives();
	});

	it('takes the whole file from a server that knows no ranges', async () => {
		server.always = (request, _response, serve) => {
			delete request.headers.range;
			serve();
		};
		server.script.push(cutAfter(100_000, content));
		await arrives();
	});

	it('does not continue what neither a hash nor a tag tells apart', async () => {
		const unknown = wanted({ sha256: undefined, bytes: undefined });
		server.script.push((_request, response) => {
			response.writeHead(200, { 'content-length': SIZE, etag: 'W/"weak"' });
			response.write(content.subarray(0, 1000), () => response.socket?.end());
		});
		server.script.push(answerWith(404));
		await fails(/has no/, 'final', unknown);
		await arrives(unknown);
		assert.deepEqual(ranges(), [undefined, undefined, undefined]);
	});

	it('takes 416 for complete where all is there, and for another file where it is not', async () => {
		const unknown = wanted({ bytes: undefined });
		server.script.push(cutAfter(100_000, content), answerWith(404));
		await fails(/has no/, 'final', unknown);
		fs.writeFileSync(`${file}.part`, content);
		await arrives(unknown);
		assert.equal(server.seen.at(-1)?.range, `bytes=${SIZE}-`);
		fs.rmSync(file);
		server.script.push(cutAfter(100_000, content), answerWith(404));
		await fails(/has no/, 'final', unknown);
		fs.writeFileSync(`${file}.part`, Buffer.concat([content, content]));
		await arrives(unknown);
	});

	it('follows redirects over https, without the token on another host', async () => {
		const other = new URL(PATH, `https://localhost:${server.port}`).href;
		server.script.push(answerWith(302, { location: '/moved' }), answerWith(307, { location: other }));
		await arrives(wanted({ token: { host: '127.0.0.1', value: 'hf_secret' } }));
		assert.deepEqual(
			server.seen.map(({ path: asked, authorization }) => [asked, authorization]),
			[
				[PATH, 'Bearer hf_secret'],
				['/moved', 'Bearer hf_secret'],
				[PATH, undefined],
			],
		);
	});

	it('refuses a redirect to http, and one that leads nowhere', async () => {
		server.script.push(answerWith(302, { location: 'http://127.0.0.1:1/model.gguf' }));
		await fails(/redirects to http:\/\/127\.0\.0\.1:1\/model\.gguf, which is not an https address/, 'final');
		server.script.push(answerWith(302, { location: 'file:///etc/passwd' }));
		await fails(/file:\/\/\/etc\/passwd, which is not an https address/, 'final');
		server.script.push(answerWith(302, { location: 'https://' }));
		await fails(/is not an https address/, 'final');
		assert.equal(server.seen.length, 3);
	});

	it('refuses plain http, to this machine too', async () => {
		await fails(
			/not an https address/,
			'final',
			wanted({ address: new URL('http://127.0.0.1:1/model.gguf') }),
		);
	});

	it('ends a redirect in a circle', async () => {
		server.always = answerWith(302, { location: PATH });
		await fails(/redirects in a circle/, 'final');
		assert.equal(server.seen.length, 6);
	});

	it('gives up a connection that stalls in the body, and goes on with another', async () => {
		server.script.push(stallAfter(100_000, content));
		await arrives(wanted(), tools({}, { patience: 300 }));
		assert.deepEqual(ranges(), [undefined, 'bytes=100000-']);
	});

	it('gives up a server that does not answer at all', async () => {
		server.always = () => undefined;
		await fails(
			/sent nothing for 1 seconds/,
			'transient',
			wanted(),
			tools({ pauses: [0] }, { patience: 100 }),
		);
		assert.equal(server.seen.length, 2);
	});

	it('asks for nothing when the disk has no room', async () => {
		const disk: Disk = { ...realDisk, freeBytes: async () => SIZE };
		await fails(/model\.gguf needs .* more on the disk.*make room in/, 'final', wanted(), tools({ disk }));
		assert.equal(server.seen.length, 0);
		// Where only the server knows the size.
		await fails(/needs/, 'final', wanted({ bytes: undefined }), tools({ disk }));
		assert.equal(server.seen.length, 1);
	});

	it('keeps what it could write when the disk is full, and goes on when there is room', async () => {
		const disk: Disk = {
			...realDisk,
			write: async (handle, bytes, position) => {
				if (position + bytes.length > 100_000) {
					throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
				}
				await realDisk.write(handle, bytes, position);
			},
		};
		await fails(/needs .* more on the disk.*resume/, 'final', wanted(), tools({ disk }));
		const kept = partSize() ?? 0;
		assert.ok(kept > 0 && kept <= 100_000, String(kept));
		await arrives();
		assert.deepEqual(ranges(), [undefined, `bytes=${kept}-`]);
	});

	it('keeps the whole part when the file cannot be put in its place, and asks nobody again', async () => {
		const disk: Disk = {
			...realDisk,
			rename: async () => {
				throw Object.assign(new Error('in use'), { code: 'EBUSY' });
			},
		};
		await fails(/cannot be written \(EBUSY\).*another program/, 'final', wanted(), tools({ disk }));
		assert.equal(partSize(), SIZE);
		await arrives();
		assert.equal(server.seen.length, 1);
	});

	it('asks for a token where the hub does not give the file to everybody', async () => {
		const nobody = wanted({ token: { host: '127.0.0.1', value: undefined } });
		server.script.push(answerWith(401));
		await fails(/may not exist any more, or its terms.*enter an access token/, 'gated', nobody);
		server.script.push(answerWith(403));
		await fails(/accepted its terms.*enter an access token/, 'gated', nobody);
		server.script.push(answerWith(403));
		const token = { host: '127.0.0.1', value: 'hf_secret' };
		await fails(/does not let this access token/, 'gated', wanted({ token }));
		assert.equal(server.seen.length, 3, 'tried once each');
	});

	it('asks for no token of the hub where another host refuses, with one or without', async () => {
		const other = new URL(PATH, `https://localhost:${server.port}`).href;
		for (const status of [401, 403]) {
			for (const value of [undefined, 'hf_secret']) {
				const token = { host: '127.0.0.1', value };
				server.script.push(answerWith(302, { location: other }), answerWith(status));
				await fails(
					new RegExp(`localhost:\\d+ does not give this file away \\(status ${status}\\).*import it`),
					'final',
					wanted({ token }),
				);
			}
			server.script.push(answerWith(status));
			await fails(/does not give this file away/, 'final');
		}
	});

	it('takes no body for whole that ends before its tensors do, where nobody said how long it is', async () => {
		content = soundModel;
		const unknown = wanted({ bytes: undefined, sha256: undefined });
		// As an old server does, and a proxy that loses the other end: no length, and the connection closes in order.
		const cleanlyCut =
			(bytes: number): Handler =>
			(_request, response) => {
				response.useChunkedEncodingByDefault = false;
				response.writeHead(200, { connection: 'close' });
				response.end(content.subarray(0, bytes));
			};
		server.script.push(cleanlyCut(content.length - 1), cleanlyCut(100), cleanlyCut(content.length));
		assert.deepEqual(await run(unknown), { bytes: content.length, sha256: sha256(content) });
		assert.ok(fs.readFileSync(file).equals(content));
		server.always = cleanlyCut(content.length - 1);
		fs.rmSync(file);
		await fails(/broke off the transfer/, 'transient', unknown);
		assert.ok(!fs.existsSync(file));
	});

	it('tries again where the server is busy or broken, and not where the file is missing', async () => {
		server.script.push(answerWith(503), answerWith(429, { 'retry-after': '0' }), answerWith(500));
		await arrives();
		fs.rmSync(file);
		server.script.push(answerWith(404));
		await fails(/has no \/model\.gguf/, 'final');
		server.script.push(answerWith(418));
		await fails(/status 418/, 'final');
		server.script.push(answerWith(429, { 'retry-after': '3600' }));
		await fails(/come back in 60 minutes/, 'final');
		assert.equal(server.seen.length, 7);
	});

	it('does not take a web page for a model', async () => {
		server.files.set(PATH, Buffer.from('<!DOCTYPE html><html></html>'));
		await fails(
			/not a GGUF file; it may be a web page/,
			'final',
			wanted({ bytes: undefined, sha256: undefined }),
		);
		assert.deepEqual(fs.readdirSync(path.dirname(file)), []);
	});

	it('trusts no unknown certificate, unless the editor was told not to care', async () => {
		await fails(
			/certificate of 127\.0\.0\.1:\d+ is not trusted.*http\.proxyStrictSSL/,
			'final',
			wanted(),
			tools({}, { certificate: STRANGER }),
		);
		await arrives(wanted(), tools({}, { certificate: STRANGER, strictTls: () => false }));
	});

	it('goes through what the editor puts in the place of https.request, whenever it does', async () => {
		const by = tools();
		// As VS Code does: into the module that everybody has.
		const original = https.request;
		const asked: string[] = [];
		const instead: typeof https.request = (...given: readonly unknown[]) => {
			asked.push(String(given[0]));
			return Reflect.apply(original, https, given);
		};
		https.request = instead;
		try {
			await arrives(wanted(), by);
		} finally {
			https.request = original;
		}
		assert.deepEqual(asked, [server.address(PATH).href]);
	});

	it('lets one of two downloads of a file do the work, and the other watch', async () => {
		let release: (() => void) | undefined;
		server.script.push((_request, response) => {
			response.writeHead(200, { etag: tagOf(content), 'content-length': SIZE });
			response.write(content.subarray(0, 1000));
			release = () => response.end(content.subarray(1000));
		});
		const one = () =>
			download(
				wanted(),
				tools(),
				(step) => {
					steps.push(step);
					if (step.phase === 'elsewhere') {
						release?.();
					}
				},
				never,
			);
		const arrived = { bytes: SIZE, sha256: sha256(content) };
		assert.deepEqual(await Promise.all([one(), one()]), [arrived, arrived]);
		assert.equal(server.seen.length, 1);
		assert.ok(steps.some(({ phase }) => phase === 'elsewhere'));
		assert.equal(steps.at(-1)?.phase, 'checking');
	});
});
