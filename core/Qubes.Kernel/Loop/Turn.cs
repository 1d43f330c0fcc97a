using System.Reflection;

namespace Qubes.Kernel.Loop;

/// <summary>One thing for the loop to do, without interruption.</summary>
/// <param name="Callback">What to call.</param>
/// <param name="State">What to call it with.</param>
internal readonly record struct Turn(SendOrPostCallback Callback, object? State)
{
    /// <summary>
    /// Who this is, for people: the work of a call, the async method that continues, or the method posted.
    /// </summary>
    public string Name => State switch
    {
        LoopCall call => call.Name,
        Action action => ContinuedMethod(action.Target) ?? NameOf(action.Method),
        { } box when ContinuedMethod(box) is { } name => name,
        _ => NameOf(Callback.Method),
    };

    /// <summary>Type and method; of a lambda or an async method's body, those it is written in.</summary>
    public static string NameOf(MethodInfo method)
    {
        var type = method.DeclaringType;
        while (type is { DeclaringType: not null } && type.Name.StartsWith('<'))
            type = type.DeclaringType;
        return $"{type?.Name}.{Written(method.Name)}";
    }

    /// <summary>What follows an await is a generic box that holds the compiler's state machine, or a delegate on it.</summary>
    private static string? ContinuedMethod(object? box) =>
        box?.GetType() is { IsGenericType: true } type
        && type.GenericTypeArguments[^1] is { DeclaringType: { } declaring } machine && machine.Name.StartsWith('<')
            ? $"{declaring.Name}.{Written(machine.Name)}"
            : null;

    private static string Written(string name) =>
        name.StartsWith('<') && name.IndexOf('>') is > 1 and var end ? name[1..end] : name;
}
