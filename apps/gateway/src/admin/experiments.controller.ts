import { Controller, Get, Param, Post } from '@nestjs/common';
import { Needs } from '../http/access.guard.js';
import { actionNotYet, notYet } from '../http/not-yet.js';

const actions = { start: 'Starting an experiment', ramp: 'Ramping an experiment', stop: 'Stopping an experiment', promote: 'Promoting an arm' };

/** Experiments are promised and not there yet; until then a placement's split shares its users between models. */
@Controller('v1/experiments')
export class ExperimentsController {
  @Post()
  @Needs('secret')
  create(): never {
    throw notYet('Creating an experiment');
  }

  @Get(':id')
  @Needs('secret')
  read(): never {
    throw notYet('Reading an experiment');
  }

  @Get(':id/report')
  @Needs('secret')
  report(): never {
    throw notYet('An experiment\'s report');
  }

  @Post(':idAndAction')
  @Needs('secret')
  act(@Param('idAndAction') idAndAction: string): never {
    throw actionNotYet(idAndAction, actions);
  }
}
