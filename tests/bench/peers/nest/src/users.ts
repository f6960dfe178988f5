// SPDX-License-Identifier: Apache-2.0
import {
  Body, CanActivate, ConflictException, Controller, DefaultValuePipe, ExecutionContext, Get, HttpCode, HttpStatus,
  Inject, Injectable, Module, NotFoundException, OnApplicationShutdown, Param, ParseIntPipe, Post, Query, Req,
  UnauthorizedException, UseGuards,
} from '@nestjs/common';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { accessKey, env, refreshKey } from 'peers-lib/env';
import { hashPassword, isUniqueViolation, openDb, openUsers, verifyPassword } from 'peers-lib/db';
import type { FullUser, PublicUser, Users } from 'peers-lib/db';
import { CreateUserDto, LoginDto, RefreshDto } from './dto.js';

const USERS = Symbol('USERS');

@Injectable()
export class JwtAuthGuard implements CanActivate {
  constructor(private readonly jwt: JwtService, @Inject(USERS) private readonly users: Users) {}

  canActivate(context: ExecutionContext): boolean {
    const req = context.switchToHttp().getRequest();
    const header: string | undefined = req.headers.authorization;
    if (!header || !header.startsWith('Bearer ')) throw new UnauthorizedException('No token provided');
    let payload: { userId: string };
    try {
      payload = this.jwt.verify(header.substring(7));
    } catch {
      throw new UnauthorizedException('Invalid token');
    }
    const user = this.users.findForAuth(payload.userId);
    if (!user) throw new UnauthorizedException('User not found');
    req.user = user;
    return true;
  }
}

@Injectable()
export class UsersService implements OnApplicationShutdown {
  constructor(@Inject(USERS) private readonly users: Users) {}

  findAll(page: number, limit: number) {
    const users = this.users.page(page, limit);
    const total = this.users.count();
    return { users, pagination: { page, limit, total, pages: Math.ceil(total / limit) } };
  }

  findOne(id: string) {
    const user = this.users.find(id);
    if (!user) throw new NotFoundException('User not found');
    return { user };
  }

  findByEmail(email: string) {
    return this.users.findByEmail(email);
  }

  async create(dto: CreateUserDto): Promise<PublicUser> {
    if (this.users.findByEmail(dto.email)) throw new ConflictException('User already exists');
    const password = await hashPassword(dto.password);
    try {
      return this.users.create({ name: dto.name, email: dto.email, password });
    } catch (err) {
      if (isUniqueViolation(err)) throw new ConflictException('User already exists');
      throw err;
    }
  }

  onApplicationShutdown() {
    this.users.close();
  }
}

@Injectable()
export class AuthService {
  constructor(private readonly jwt: JwtService, private readonly users: UsersService) {}

  session(user: { id: string; name: string; email: string }) {
    const payload = { userId: user.id, email: user.email };
    return {
      user: { id: user.id, name: user.name, email: user.email },
      accessToken: this.jwt.sign(payload),
      refreshToken: this.jwt.sign(payload, { secret: refreshKey as any, expiresIn: env.REFRESH_TTL }),
    };
  }

  async login({ email, password }: LoginDto) {
    const user = this.users.findByEmail(email);
    if (!user || !(await verifyPassword(password, user.password))) throw new UnauthorizedException('Invalid credentials');
    return this.session(user);
  }

  refresh(token: string) {
    try {
      const { userId, email } = this.jwt.verify(token, { secret: refreshKey as any });
      return { accessToken: this.jwt.sign({ userId, email }) };
    } catch {
      throw new UnauthorizedException('Invalid refresh token');
    }
  }
}

@ApiTags('users')
@Controller('api/users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @UseGuards(JwtAuthGuard)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Get all users' })
  @ApiResponse({ status: 200, description: 'Returns all users' })
  findAll(
    @Query('page', new DefaultValuePipe(1), ParseIntPipe) page: number,
    @Query('limit', new DefaultValuePipe(10), ParseIntPipe) limit: number,
  ) {
    return this.users.findAll(Math.max(page, 1), Math.min(Math.max(limit, 1), 100));
  }

  @Get('me')
  @UseGuards(JwtAuthGuard)
  @ApiBearerAuth()
  me(@Req() req: { user: FullUser }) {
    const { id, name, email, createdAt } = req.user;
    return { user: { id, name, email, createdAt } };
  }

  @Get(':id')
  @UseGuards(JwtAuthGuard)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Get user by id' })
  @ApiResponse({ status: 200, description: 'Returns user' })
  @ApiResponse({ status: 404, description: 'User not found' })
  findOne(@Param('id') id: string) {
    return this.users.findOne(id);
  }

  @Post()
  @HttpCode(HttpStatus.CREATED)
  @ApiOperation({ summary: 'Create new user' })
  @ApiResponse({ status: 201, description: 'User created' })
  @ApiResponse({ status: 409, description: 'User already exists' })
  async create(@Body() dto: CreateUserDto) {
    return { user: await this.users.create(dto) };
  }
}

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(private readonly users: UsersService, private readonly auth: AuthService) {}

  @Post('register')
  async register(@Body() dto: CreateUserDto) {
    return this.auth.session(await this.users.create(dto));
  }

  @Post('login')
  @HttpCode(HttpStatus.OK)
  login(@Body() dto: LoginDto) {
    return this.auth.login(dto);
  }

  @Post('refresh')
  @HttpCode(HttpStatus.OK)
  refresh(@Body() dto: RefreshDto) {
    return this.auth.refresh(dto.refreshToken);
  }
}

@Module({
  imports: [
    JwtModule.register({
      secret: accessKey,
      signOptions: { expiresIn: env.ACCESS_TTL },
      verifyOptions: { algorithms: ['HS256'] },
    }),
  ],
  controllers: [UsersController, AuthController],
  providers: [{ provide: USERS, useFactory: () => openUsers(openDb(env.DB)) }, UsersService, AuthService, JwtAuthGuard],
})
export class UsersModule {}
