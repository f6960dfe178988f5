// SPDX-License-Identifier: Apache-2.0
// NestJS peer on the Fastify adapter.
import 'reflect-metadata';
import http from 'node:http';
import { Controller, Get, Module, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { env } from 'peers-lib/env';
import { logger } from 'peers-lib/log';
import { UsersModule } from './users.js';

@Controller()
class HelloController {
  @Get('hello')
  hello() {
    return { hello: 'world' };
  }
}

@Module({ controllers: [HelloController] })
class HelloModule {}

@Controller()
class HealthController {
  @Get('health')
  health() {
    return { status: 'ok', timestamp: new Date().toISOString() };
  }
}

@Module({ imports: [UsersModule], controllers: [HealthController] })
class AppModule {}

// Nest registers all routes on one Fastify instance, so a plugin cannot be kept off one of them. /hello is
// therefore a Nest application of its own with no pipe, hook or plugin: the framework's minimum.
const bare = await NestFactory.create<NestFastifyApplication>(HelloModule, new FastifyAdapter(), { logger: ['error'] });
await bare.init();
const bareFastify = bare.getHttpAdapter().getInstance();
await bareFastify.ready();

const adapter = new FastifyAdapter({
  bodyLimit: 10 * 1024 * 1024,
  serverFactory: (handler: http.RequestListener) => http.createServer((req, res) => {
    if (req.url === '/hello') bareFastify.routing(req, res);
    else handler(req, res);
  }),
} as ConstructorParameters<typeof FastifyAdapter>[0]);

const app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter, { logger: ['error', 'warn'] });
const fastify = adapter.getInstance();
fastify.addHook('onResponse', (request, reply, done) => {
  logger.info({
    method: request.method,
    url: request.url,
    status: reply.statusCode,
    duration: reply.elapsedTime,
    userAgent: request.headers['user-agent'],
    ip: request.ip,
  }, 'Request completed');
  done();
});

await app.register(helmet as any);
app.enableCors({ origin: env.CORS_ORIGIN, credentials: true });
await app.register(rateLimit as any, { max: env.RATE_LIMIT_MAX, timeWindow: env.RATE_LIMIT_WINDOW_MS });
app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));

const document = SwaggerModule.createDocument(
  app,
  new DocumentBuilder().setTitle('Users API').setVersion('1.0').addBearerAuth().build(),
);
SwaggerModule.setup('docs', app, document);

app.enableShutdownHooks();
app.getHttpServer().keepAliveTimeout = env.KEEP_ALIVE_MS;
await app.listen(env.PORT, env.HOST);
console.log(`nest peer on http://${env.HOST}:${env.PORT}`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    app.getHttpServer().closeIdleConnections();
    setTimeout(() => process.exit(0), 2000).unref();
  });
}
