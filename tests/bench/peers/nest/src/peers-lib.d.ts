// SPDX-License-Identifier: Apache-2.0
declare module 'peers-lib/env' {
  export const env: {
    PORT: number; HOST: string; DB: string; JWT_SECRET: string; JWT_REFRESH_SECRET: string
    RATE_LIMIT_MAX: number; RATE_LIMIT_WINDOW_MS: number; CORS_ORIGIN: string; KEEP_ALIVE_MS: number
    ACCESS_TTL: '15m'; REFRESH_TTL: '7d'
  }
  export const accessKey: import('node:crypto').KeyObject
  export const refreshKey: import('node:crypto').KeyObject
}
declare module 'peers-lib/log' {
  export const logger: { info(o: object, m: string): void, error(o: object, m: string): void }
}
declare module 'peers-lib/db' {
  export interface PublicUser { id: string; name: string; email: string; createdAt: string }
  export interface FullUser extends PublicUser { password: string; updatedAt: string }
  export interface Users {
    find(id: string): PublicUser | undefined
    findForAuth(id: string): FullUser | undefined
    findByEmail(email: string): { id: string; name: string; email: string; password: string } | undefined
    page(page: number, limit: number): PublicUser[]
    count(): number
    create(u: { name: string; email: string; password: string }): PublicUser
    close(): void
  }
  export interface Db { pragma(text: string): unknown }
  export function openDb(path: string): Db
  export function openUsers(db: Db): Users
  export function isUniqueViolation(err: unknown): boolean
  export function hashPassword(password: string): Promise<string>
  export function verifyPassword(password: string, hash: string): Promise<boolean>
}
