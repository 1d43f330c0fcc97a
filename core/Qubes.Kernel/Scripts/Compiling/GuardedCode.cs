using Mono.Cecil;
using Mono.Cecil.Cil;
using Qubes.Sdk.Scripting;

namespace Qubes.Kernel.Scripts.Compiling;

/// <summary>
/// Puts a call of <see cref="ScriptGuard"/> at the begin of every method of a script, at the begin of every loop, and before every array
/// that is made; refuses what would get around it.
/// </summary>
internal static class GuardedCode
{
    /// <exception cref="CompileException">It uses what scripts may not.</exception>
    public static CompiledScript Of(CompiledScript script, string path)
    {
        using var symbolsIn = new MemoryStream(script.Symbols);
        using var module = ModuleDefinition.ReadModule(
            new MemoryStream(script.Assembly), new ReaderParameters { ReadSymbols = true, SymbolStream = symbolsIn });
        ForbiddenUses.Refuse(module, path);
        var guard = new Calls(module);
        foreach (var method in module.GetTypes().SelectMany(t => t.Methods).Where(m => m.HasBody))
            Guard(method.Body, guard);
        using var assembly = new MemoryStream();
        using var symbols = new MemoryStream();
        module.Write(assembly, new WriterParameters { WriteSymbols = true, SymbolStream = symbols, SymbolWriterProvider = new PortablePdbWriterProvider() });
        return new(assembly.ToArray(), symbols.ToArray());
    }

    private static void Guard(MethodBody body, Calls guard)
    {
        var code = body.Instructions;
        var heads = LoopHeads(code);
        var arrays = code.Where(i => i.OpCode == OpCodes.Newarr).ToList();
        // Short branches may become too short.
        foreach (var instruction in code)
            Lengthen(instruction);
        foreach (var array in arrays)
            InsertBefore(body, array, Instruction.Create(OpCodes.Conv_I), Instruction.Create(OpCodes.Call, guard.Array));
        foreach (var head in heads)
            InsertBefore(body, head, Instruction.Create(OpCodes.Call, guard.Loop));
        body.Instructions.Insert(0, Instruction.Create(OpCodes.Call, guard.Method));
    }

    // Where a branch leads back to.
    private static List<Instruction> LoopHeads(IEnumerable<Instruction> code)
    {
        HashSet<Instruction> heads = [];
        foreach (var branch in code)
        {
            var targets = branch.Operand switch
            {
                Instruction one => [one],
                Instruction[] many => many,
                _ => Array.Empty<Instruction>(),
            };
            heads.UnionWith(targets.Where(t => t.Offset <= branch.Offset));
        }
        return [.. heads];
    }

    // Whoever led to the instruction leads to what is before it now.
    private static void InsertBefore(MethodBody body, Instruction at, params Instruction[] inserted)
    {
        var index = body.Instructions.IndexOf(at);
        foreach (var (offset, instruction) in inserted.Index())
            body.Instructions.Insert(index + offset, instruction);
        var first = inserted[0];
        foreach (var instruction in body.Instructions)
        {
            if (instruction.Operand == at)
                instruction.Operand = first;
            else if (instruction.Operand is Instruction[] many)
                instruction.Operand = many.Select(t => t == at ? first : t).ToArray();
        }
        foreach (var handler in body.ExceptionHandlers)
        {
            handler.TryStart = handler.TryStart == at ? first : handler.TryStart;
            handler.TryEnd = handler.TryEnd == at ? first : handler.TryEnd;
            handler.FilterStart = handler.FilterStart == at ? first : handler.FilterStart;
            handler.HandlerStart = handler.HandlerStart == at ? first : handler.HandlerStart;
            handler.HandlerEnd = handler.HandlerEnd == at ? first : handler.HandlerEnd;
        }
    }

    private static void Lengthen(Instruction instruction)
    {
        if (instruction.OpCode.OperandType == OperandType.ShortInlineBrTarget)
            instruction.OpCode = Long[instruction.OpCode.Code];
    }

    private static readonly Dictionary<Code, OpCode> Long = new()
    {
        [Code.Br_S] = OpCodes.Br,
        [Code.Brfalse_S] = OpCodes.Brfalse,
        [Code.Brtrue_S] = OpCodes.Brtrue,
        [Code.Beq_S] = OpCodes.Beq,
        [Code.Bge_S] = OpCodes.Bge,
        [Code.Bgt_S] = OpCodes.Bgt,
        [Code.Ble_S] = OpCodes.Ble,
        [Code.Blt_S] = OpCodes.Blt,
        [Code.Bne_Un_S] = OpCodes.Bne_Un,
        [Code.Bge_Un_S] = OpCodes.Bge_Un,
        [Code.Bgt_Un_S] = OpCodes.Bgt_Un,
        [Code.Ble_Un_S] = OpCodes.Ble_Un,
        [Code.Blt_Un_S] = OpCodes.Blt_Un,
        [Code.Leave_S] = OpCodes.Leave,
    };

    private sealed class Calls(ModuleDefinition module)
    {
        public MethodReference Method { get; } = module.ImportReference(typeof(ScriptGuard).GetMethod(nameof(ScriptGuard.Method)));

        public MethodReference Loop { get; } = module.ImportReference(typeof(ScriptGuard).GetMethod(nameof(ScriptGuard.Loop)));

        public MethodReference Array { get; } = module.ImportReference(typeof(ScriptGuard).GetMethod(nameof(ScriptGuard.Array)));
    }
}
