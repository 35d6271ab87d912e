import { Catch, type ArgumentsHost, type RpcExceptionFilter } from '@nestjs/common';
import type { Logger } from '@serendip/platform-logging';
import { throwError, type Observable } from 'rxjs';
import type { ServerCallContext } from './call-context.js';
import { failureOf } from './failure-log.js';

/** The one global filter: whatever a handler, guard or interceptor throws becomes the status that the caller gets. */
@Catch()
export class WireErrorFilter implements RpcExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> {
    const failure = failureOf(error, host.switchToRpc().getContext<ServerCallContext>(), this.logger);
    return throwError(() => failure);
  }
}
