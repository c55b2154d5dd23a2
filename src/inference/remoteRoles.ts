/** Which roles a server plays, by the settings: opens and closes its models, and says where code goes. */

import type { RemoteRole, Settings } from '../manifest';
import type { Log, Model, Subscription } from './model';
import type { OpenRemoteOptions } from './remote/open';
import { RoleModel } from './roleModel';
import type { Translate } from './statusText';

/** What is sent where. */
export interface RemoteUse {
	/** Name and port. */
	readonly host: string;
	readonly roles: readonly RemoteRole[];
	readonly isEncrypted: boolean;
	/** Whether it is on this machine, which the code then does not leave. */
	readonly isHere: boolean;
	/** What is wrong with the models there, one sentence each. */
	readonly problems: readonly string[];
}

export interface RemoteRolesOptions {
	/** What serves completions and the chat where no server does. */
	readonly local: { readonly completion: Model; readonly chat: Model };
	readonly settings: () => Settings;
	/** Without it nothing goes to a server. */
	readonly isTrusted: () => boolean;
	readonly key: OpenRemoteOptions['key'];
	readonly strictTls: () => boolean;
	readonly agent: string;
	readonly translate: Translate;
	readonly log: Log;
}

interface Opened {
	/** The settings that it follows. */
	readonly identity: string;
	readonly model: Promise<Model>;
}

export class RemoteRoles {
	readonly completion: RoleModel;
	readonly chat: RoleModel;
	private readonly opened = new Map<RemoteRole, Opened>();
	private readonly listeners = new Set<() => void>();
	private isSettling = false;

	constructor(private readonly options: RemoteRolesOptions) {
		this.completion = new RoleModel(options.local.completion);
		this.chat = new RoleModel(options.local.chat);
		for (const role of [this.completion, this.chat]) {
			role.onDidChangeState(() => (this.isSettling ? undefined : this.tell()));
		}
		this.configure();
	}

	/** Undefined while nothing leaves this process. */
	get use(): RemoteUse | undefined {
		const { url } = this.options.settings().remote;
		const roles = [...this.opened.keys()];
		if (roles.length === 0) {
			return undefined;
		}
		const problems = [this.completion, this.chat]
			.filter((_, index) => this.plays(index === 0 ? 'completion' : 'chat'))
			.flatMap(({ state }) => (state.type === 'failed' ? [state.problem.message] : []));
		const { host, protocol, hostname } = URL.canParse(url)
			? new URL(url)
			: { host: url.slice(0, 100), protocol: '', hostname: '' };
		return {
			host,
			roles,
			isEncrypted: protocol === 'https:',
			isHere: /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname),
			problems: [...new Set(problems)],
		};
	}

	/** Whether a server plays the role. */
	plays(role: RemoteRole): boolean {
		return this.opened.has(role);
	}

	/** `use` may have changed. */
	onDidChange(listener: () => void): Subscription {
		const entry = () => listener();
		this.listeners.add(entry);
		return { dispose: () => this.listeners.delete(entry) };
	}

	/** What `plays` says of completion or the chat has changed: the models of this machine have more to do, or less. */
	onDidChangeNeed(listener: () => void): Subscription {
		const now = () => `${this.plays('completion')} ${this.plays('chat')}`;
		let before = now();
		return this.onDidChange(() => {
			if (before !== now()) {
				before = now();
				listener();
			}
		});
	}

	/** What tells the served embedding model from others; undefined where no server plays the role. */
	get embeddingName(): string | undefined {
		const { url, models } = this.options.settings().remote;
		return this.wants('embedding') ? `${url}#${models.embedding}` : undefined;
	}

	/** Its caller ends it. */
	startEmbedding() {
		const model = this.open('embedding');
		return {
			state: { type: 'starting' } as const,
			load: async () => undefined,
			embed: async (text: string, signal: AbortSignal) => (await model).embed(text, signal),
			dispose: async () => (await model).dispose(),
		};
	}

	/** The settings, the key or the trust may have changed. @param isAnew also where the settings have not. */
	configure(isAnew = false): void {
		// Nobody is told of one role before the others are settled.
		this.isSettling = true;
		this.settle(isAnew);
		this.isSettling = false;
		this.tell();
	}

	private settle(isAnew: boolean): void {
		const { url, models, adapter } = this.options.settings().remote;
		const roles: readonly (readonly [RemoteRole, RoleModel | undefined])[] = [
			['completion', this.completion],
			['chat', this.chat],
			['embedding', undefined],
		];
		for (const [role, port] of roles) {
			const identity = this.wants(role) ? JSON.stringify([url, models[role], adapter]) : undefined;
			const before = this.opened.get(role);
			if (before?.identity === identity && !isAnew) {
				continue;
			}
			this.opened.delete(role);
			if (identity !== undefined && port !== undefined) {
				const model = this.open(role);
				this.opened.set(role, { identity, model });
				port.use(model);
			} else if (identity !== undefined) {
				// Whoever searches opens it, and ends it.
				this.opened.set(role, { identity, model: Promise.resolve(this.options.local.chat) });
			} else {
				port?.use(undefined);
			}
			if (port !== undefined) {
				this.end(before);
			}
		}
	}

	dispose(): void {
		this.listeners.clear();
		for (const [role, opened] of this.opened) {
			if (role !== 'embedding') {
				this.end(opened);
			}
		}
		this.opened.clear();
	}

	private tell(): void {
		for (const listener of [...this.listeners]) {
			listener();
		}
	}

	private wants(role: RemoteRole): boolean {
		const { url, use } = this.options.settings().remote;
		return url !== '' && use[role] && this.options.isTrusted();
	}

	private async open(role: RemoteRole): Promise<Model> {
		const { settings, key, strictTls, agent, translate, log } = this.options;
		const { url, models, adapter } = settings().remote;
		const { openRemote } = await import('./remote/open');
		return openRemote({ role, url, model: models[role], adapter, key, strictTls, agent, translate, log });
	}

	private end(opened: Opened | undefined): void {
		opened?.model
			.then((model) => model.dispose())
			.catch((error: unknown) => this.options.log.error('A server could not be left', error));
	}
}
