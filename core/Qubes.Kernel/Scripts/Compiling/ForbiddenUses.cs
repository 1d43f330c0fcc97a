using Mono.Cecil;

namespace Qubes.Kernel.Scripts.Compiling;

/// <summary>
/// What a script cannot use, because what it does there would go on after the script's end, or could not be ended: threads and timers of its
/// own, waiting, processes, the end of this process, native code, reflection. It is no sandbox: a script is the administrator's code.
/// </summary>
internal static class ForbiddenUses
{
    private static readonly HashSet<string> Types =
    [
        "System.Activator", "System.AppDomain", "System.Timers.Timer", "System.Diagnostics.Process", "System.Runtime.CompilerServices.Unsafe",
        "System.Threading.Tasks.Parallel", "System.Threading.Tasks.TaskFactory", "System.Runtime.InteropServices.Marshal",
        "System.Runtime.InteropServices.NativeLibrary", "Qubes.Sdk.Scripting.ScriptGuard",
    ];

    // Of what else is there to do with threads.
    private static readonly HashSet<string> OfThreading = ["CancellationToken", "Interlocked", "Volatile"];

    private static readonly HashSet<string> Members =
    [
        "System.Environment.Exit", "System.Environment.FailFast", "System.GC.AllocateUninitializedArray", "System.GC.AllocateArray", "System.Type.GetType",
        "System.Type.InvokeMember", "System.Threading.Tasks.Task.Run", "System.Threading.Tasks.Task.Delay", "System.Threading.Tasks.Task.Wait",
        "System.Threading.Tasks.Task.WaitAll", "System.Threading.Tasks.Task.WaitAny", "System.Threading.Tasks.Task`1.get_Result",
        "System.Runtime.CompilerServices.TaskAwaiter.GetResult", "System.Runtime.CompilerServices.TaskAwaiter`1.GetResult",
    ];

    private static readonly string[] Spaces = ["System.Reflection", "System.Runtime.Loader"];

    /// <exception cref="CompileException">It uses something of that.</exception>
    public static void Refuse(ModuleDefinition module, string path)
    {
        var types = module.GetTypeReferences().Where(t => Types.Contains(t.FullName) || IsOfThreading(t) || Spaces.Any(s => IsWithin(t, s))).Select(t => t.FullName);
        var members = module.GetMemberReferences().Select(m => $"{m.DeclaringType?.GetElementType().FullName}.{m.Name}").Where(Members.Contains);
        var native = module.GetTypes().SelectMany(t => t.Methods).Where(m => m.IsPInvokeImpl).Select(m => $"the native method {m.Name}");
        var all = types.Concat(members).Concat(native).Distinct().Order(StringComparer.Ordinal).ToList();
        if (all.Count > 0)
            throw new CompileException([$"{path}:1:1: a script may not use {string.Join(", ", all)}"]);
    }

    private static bool IsOfThreading(TypeReference type) => type.Namespace == "System.Threading" && !OfThreading.Contains(type.Name);

    // The compiler itself uses attributes of it.
    private static bool IsWithin(TypeReference type, string space) => !type.Name.EndsWith("Attribute", StringComparison.Ordinal)
        && (type.Namespace == space || type.Namespace.StartsWith(space + ".", StringComparison.Ordinal));
}
