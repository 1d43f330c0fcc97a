using Microsoft.Extensions.Logging;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hosting;

namespace Qubes.Kernel.Scripts.Running;

/// <summary>What running scripts work with.</summary>
/// <param name="Loop">The kernel's.</param>
/// <param name="Changes">On the loop: two equal readings mean that nothing that is kept of qubes was changed in between.</param>
/// <param name="Qubes">Those of which scripts have copies.</param>
/// <param name="Time">The clock.</param>
/// <param name="Loggers">For what they log.</param>
/// <param name="Budgets">What they may take.</param>
internal sealed record ScriptSurroundings(
    IKernelLoop Loop, Func<long> Changes, IQubes Qubes, TimeProvider Time, ILoggerFactory Loggers, ScriptBudgets Budgets);
