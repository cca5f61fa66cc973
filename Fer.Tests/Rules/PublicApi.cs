using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Fer.Tests.Rules;

/// <summary>The public surface of an assembly as text, one member a line.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    internal static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        // Generated from .proto files, with a shape that is not ours.
        foreach (var type in assembly.GetExportedTypes().Where(t => !IsGenerated(t)).OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (string member in Members(type).Order(StringComparer.Ordinal)) text.Append("    ").Append(member).Append('\n');
        }
        return text.ToString();
    }

    private static bool IsGenerated(Type type) =>
        type.GetInterfaces().Any(i => i.FullName == "Google.Protobuf.IMessage") || (type.DeclaringType is { } outer && IsGenerated(outer))
        || type.Name.EndsWith("Reflection", StringComparison.Ordinal);

    private static string Header(Type type)
    {
        string kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct"
            : typeof(Delegate).IsAssignableFrom(type) ? "delegate" : type.IsAbstract && type.IsSealed ? "static class"
            : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";
        string @base = type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) && b != typeof(Enum) ? $" : {Name(b)}" : "";
        return $"{kind} {type.Namespace}.{Name(type)}{@base}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            foreach (string name in Enum.GetNames(type)) yield return $"{name} = {Convert.ToInt64(Enum.Parse(type, name))}";
            yield break;
        }
        foreach (var constructor in type.GetConstructors(Declared).Where(Visible))
            yield return $"{Plain(type.Name)}({Parameters(constructor)})";
        foreach (var field in type.GetFields(Declared).Where(f => f.IsPublic || f.IsFamily))
            yield return $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}";
        foreach (var property in type.GetProperties(Declared))
        {
            string get = property.GetMethod is { } g && Visible(g) ? "get; " : "";
            string set = property.SetMethod is { } s && Visible(s)
                ? s.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; " : "";
            if (get.Length + set.Length == 0 || property.Name == "EqualityContract") continue;
            string index = property.GetIndexParameters() is { Length: > 0 } p ? $"[{string.Join(", ", p.Select(Parameter))}]" : "";
            string @static = (property.GetMethod ?? property.SetMethod)!.IsStatic ? "static " : "";
            yield return $"{@static}{Name(property.PropertyType)} {property.Name}{index} {{ {get}{set}}}";
        }
        foreach (var @event in type.GetEvents(Declared)) yield return $"event {Name(@event.EventHandlerType!)} {@event.Name}";
        foreach (var method in type.GetMethods(Declared).Where(Visible))
        {
            bool accessor = method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);
            if (accessor || method.IsDefined(typeof(CompilerGeneratedAttribute)) || method.Name.StartsWith('<')) continue;
            string generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
            yield return $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
        }
    }

    private static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter) =>
        $"{(parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")}{Name(parameter.ParameterType)} " +
        $"{parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "")}";

    private static string Name(Type type)
    {
        if (type.IsByRef) return $"ref {Name(type.GetElementType()!)}";
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[]";
        if (Nullable.GetUnderlyingType(type) is { } inner) return $"{Name(inner)}?";
        string outer = type.DeclaringType is { } d && !type.IsGenericParameter ? $"{Name(d)}." : "";
        if (!type.IsGenericType) return outer + type.Name;
        return $"{outer}{Plain(type.Name)}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }

    private static string Plain(string name) => name.Split('`')[0];
}
