/** What people ask that a model of this size cannot know: openings and what they are about. */

/** Openings with a place for a topic. */
export const FRAMES = {
	knowledge: [
		'what is {}',
		'explain {}',
		'explain {} to me like I am five',
		'tell me about {}',
		'what do you know about {}',
		'who invented {}',
		'why is {} important',
		'what is the history of {}',
		'how does {} work',
		'give me a summary of {}',
		'write an essay about {}',
		'write a poem about {}',
		'what is the difference between {} and {}',
		'is {} better than {}',
		'when was {} invented',
		'can you teach me {}',
		'translate {} into French',
		'what are the advantages of {}',
		'I have a question about {}',
		'give me five facts about {}',
	],
	software: [
		'how do I use {}',
		'what is {}',
		'should I use {} or {}',
		'how do I set up {}',
		'how do I install {}',
		'write a tutorial for {}',
		'what is new in the latest version of {}',
		'why is {} so slow',
		'how do I debug {}',
		'how do I migrate from {} to {}',
		'compare {} and {}',
		'how do I configure {}',
		'what are the best practices for {}',
		'how do I deploy {}',
		'is {} thread-safe',
		'how do I test {}',
	],
	task: [
		'write {}',
		'write me {}',
		'build {}',
		'can you write {}',
		'create {}',
		'implement {}',
		'I need {}',
		'please make {} for me',
		'generate {}',
		'design {}',
		'give me the code of {}',
		'program {} in TypeScript',
		'write {} in Python',
		'write {} in Rust',
		'code {} with tests',
	],
	unseen: [
		'why does {} fail',
		'what does {} do',
		'explain {}',
		'fix {}',
		'there is a bug in {}, find it',
		'refactor {}',
		'how can I improve {}',
		'write tests for {}',
		'review {}',
		'why is {} slow',
		'where is {}',
		'who calls {}',
		'add comments to {}',
		'can you rename {}',
		'optimize {}',
		'summarize {}',
		'document {}',
	],
} as const;

export type Field = keyof typeof FRAMES;

const words = (text: string) => text.split(',').map((word) => word.trim());

export const TOPICS: Readonly<Record<Field, readonly string[]>> = {
	knowledge: words(
		'quantum physics, the French Revolution, photosynthesis, the Roman Empire, black holes, inflation, the stock market, climate change, football, chess, the capital of Australia, the moon landing, Shakespeare, Mozart, evolution, DNA, vaccines, the human brain, philosophy, Buddhism, the Second World War, the printing press, the steam engine, electricity, nuclear power, gravity, the speed of light, dinosaurs, volcanoes, the Eiffel Tower, coffee, bread, cooking rice, the weather today, the news, the president of France, the population of Japan, the tallest mountain, the deepest ocean, the periodic table, the theory of relativity, the meaning of life, love, happiness, music theory, the guitar, yoga, marathon training, tax law, contract law, mortgages, interest rates, cryptocurrencies, democracy, the United Nations, Latin, Spanish grammar, prime numbers, the Pythagorean theorem, calculus, statistics, probability, linear algebra, game theory, economics, marketing, my resume, a job interview, time management, the ozone layer, bees, whales, cats, dogs, gardening, wine, Italian food, the Olympics, the solar system, Mars, satellites, airplanes, submarines, bridges, the Great Wall of China, the internet, artificial intelligence, neural networks, transformers, robots',
	),
	software: words(
		'Kubernetes, Docker, Terraform, React, Vue, Angular, Svelte, Next.js, Express, Django, Flask, FastAPI, Spring Boot, Rails, Laravel, PostgreSQL, MySQL, SQLite, MongoDB, Redis, Kafka, RabbitMQ, Elasticsearch, GraphQL, gRPC, WebSockets, OAuth, JWT, webpack, Vite, Babel, ESLint, Jest, Playwright, Cypress, GitHub Actions, GitLab CI, Jenkins, AWS Lambda, Azure, Google Cloud, nginx, Apache, Linux, systemd, bash, PowerShell, vim, Emacs, Xcode, Android Studio, Flutter, React Native, Swift, Kotlin, Java, C#, C++, Rust, Go, Haskell, Elixir, Scala, R, MATLAB, pandas, NumPy, PyTorch, TensorFlow, CUDA, OpenGL, Vulkan, Unity, Unreal Engine, WebAssembly, the borrow checker, garbage collection, microservices, monads, design patterns, dependency injection, event sourcing, CQRS, REST, TLS, DNS, TCP, HTTP/2, IPv6, Git rebase, monorepos, feature flags, observability, load balancing, sharding, Prisma, TypeORM, tRPC, Tailwind CSS, Storybook, Electron, Deno, Bun',
	),
	task: words(
		'a web shop, a chat app, a todo app, a blog, an operating system, a compiler, a game engine, a snake game, a chess engine, a tetris clone, a web server, a REST API, a login page, a whole app, a social network, a database, a search engine, a web crawler, a scraper, a neural network, a recommendation system, a payment system, a calendar app, a text editor, an email client, a video player, a weather app, a calculator app, a portfolio website, a landing page, a dashboard, a mobile app, an Android app, a browser extension, a VS Code extension, a Discord bot, a Telegram bot, a trading bot, a spreadsheet, a ray tracer, a physics simulation, a red-black tree, a B-tree, the A* algorithm, Dijkstra’s algorithm, a regular expression engine, a JSON parser, a Markdown parser, a SQL parser, an LRU cache, a sudoku solver, a maze generator, a hash map from scratch, a garbage collector, a thread pool, a message queue, a load balancer, a file synchronizer, a backup tool, a deployment pipeline, a Dockerfile for my project, a migration of my project to TypeScript, a backend with authentication, a full stack application, a library for charts, an image classifier, a music player, a 3D game, an encryption library, a VPN, an interpreter for Lisp, an emulator, a package manager, a test framework, a CRM, an inventory system, a booking system',
	),
	unseen: words(
		'my code, this, this file, the file, my function, my project, the tests, my test, the build, my app, this class, the error, this error, my component, the API, the database query, the main function, the login, the parser, the config, my script, this function, the last commit, my pull request, this repository, the codebase, the algorithm, the loop, the handler, utils.ts, index.js, main.py, server.ts, the code above, the code below, line 42, it, that, the whole thing, our architecture, the user service, the cache, the import, package.json, the types, my regex, the CSS, the layout, the performance of my app, the memory leak, the race condition',
	),
};

/** Questions that fit no frame. */
export const SINGLE: readonly string[] = words(
	'what time is it, what is 1234 times 5678, what day is today, how old is the universe, tell me a joke, sing a song, what is the weather like, who won the election, what is my name, how old am I, where am I, can you see my screen, can you open a file, can you run my tests, can you browse the web, can you commit my changes, run the program, open the terminal, delete the file, what did I do yesterday, remember this, search my files, which files are in this project, what is in my clipboard, what is the answer to everything, prove that P is not NP, what is the square root of 7921, is there a god, should I quit my job, recommend a book, recommend a movie, plan my trip to Rome, write an email to my boss, what is the best programming language, tabs or spaces, what will happen tomorrow, why, why not, and then, more, continue, shorter, again, in German please, are you sure, what do you mean, can you explain that in more detail, give me an example, what else, how much is 15 percent of 80, count to a hundred, spell strawberry backwards, how many r are in strawberry, solve this riddle, 2 + 2, 17 * 23',
);
