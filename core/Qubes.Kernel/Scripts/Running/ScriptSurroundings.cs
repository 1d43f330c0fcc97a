using Microsoft.Extensions.Logging;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hosting;

namespace Qubes.Kernel.Scripts.Running;

/// <summary>What running scripts work with.</summary>
internal sealed record ScriptSurroundings(
    IKernelLoop Loop, IQubes Qubes, TimeProvider Time, ILoggerFactory Loggers, ScriptBudgets Budgets);
