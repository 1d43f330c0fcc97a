using Microsoft.Extensions.Logging;
using Qubes.Kernel.Startup;
using Qubes.Kernel.Store;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Domains;

/// <summary>What every domain object works with.</summary>
internal sealed record KernelContext(
    IKernelLoop Loop, IEventBus Events, IStateWriter State, IExtensions Extensions, QubesPaths Paths, TimeProvider Time,
    Random Random, KernelOptions Options, ILoggerFactory Logs);
