using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Fer.Shell;

/// <summary>Options whose values are checked while parsing, with messages that say what is right.</summary>
internal static class Values
{
    /// <summary>An option of one of a few known words, in any case, with hyphens between their parts or without.</summary>
    internal static Option<string> Choice(string name, string description, IReadOnlyCollection<string> known, string? @default = null) =>
        Custom(name, description, @default, (text, result) =>
        {
            string? match = known.FirstOrDefault(k => Plain(k).Equals(Plain(text), StringComparison.OrdinalIgnoreCase));
            if (match is null) result.AddError(UsageErrors.Message($"'{text}' is no value of {name}.", text, known));
            return match!;
        }, string.Join('|', known), known);

    /// <summary>An option of several known words, joined by commas.</summary>
    internal static Option<string[]> Choices(string name, string description, IReadOnlyCollection<string> known) =>
        Custom(name, description, [.. known], (text, result) =>
        {
            var words = new List<string>();
            foreach (string word in text.Split(',', StringSplitOptions.TrimEntries))
            {
                if (known.FirstOrDefault(k => k.Equals(word, StringComparison.OrdinalIgnoreCase)) is { } match) words.Add(match);
                else result.AddError(UsageErrors.Message($"'{word}' is no value of {name}.", word, known));
            }
            return words.ToArray();
        }, string.Join(',', known), known);

    /// <summary>An option of a number in a range; null where not given and without a default.</summary>
    /// <param name="name">The option.</param>
    /// <param name="description">What it does.</param>
    /// <param name="least">The least number.</param>
    /// <param name="most">The greatest.</param>
    /// <param name="unit">Shown in help.</param>
    /// <param name="default">The number where the option is not given.</param>
    /// <param name="above">True where <paramref name="least"/> itself is too little.</param>
    /// <param name="below">True where <paramref name="most"/> itself is too much.</param>
    internal static Option<double?> Number(
        string name, string description, double least, double most, string unit = "NUMBER", double? @default = null, bool above = false,
        bool below = false) =>
        Custom<double?>(name, description, @default, (text, result) =>
        {
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                && double.IsFinite(number) && (below ? number < most : number <= most) && (above ? number > least : number >= least))
                return number;
            string range = most > 1e9 ? (above ? $"above {Text(least)}" : $"of {Text(least)} or more")
                : !above && !below ? $"from {Text(least)} to {Text(most)}"
                : $"{(above ? "above" : "of at least")} {Text(least)} and {(below ? "below" : "at most")} {Text(most)}";
            result.AddError($"'{text}' is no value of {name}: it takes a number {range}.");
            return null;
        }, unit);

    /// <summary>An option of a whole number in a range; null where not given and without a default.</summary>
    internal static Option<int?> Whole(string name, string description, int least, int most, int? @default = null) =>
        Custom<int?>(name, description, @default, (text, result) =>
        {
            bool isNumber = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number);
            if (isNumber && number >= least && number <= most) return number;
            string range = most == int.MaxValue ? $"of {least} or more" : $"from {least} to {most}";
            result.AddError($"'{text}' is no value of {name}: it takes a whole number {range}.");
            return null;
        }, "N");

    /// <summary>An option without a value.</summary>
    internal static Option<bool> Flag(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>An option of free text.</summary>
    internal static Option<string?> Text(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName };

    /// <summary>An option that checks its text itself.</summary>
    internal static Option<T> Custom<T>(
        string name, string description, T? @default, Func<string, ArgumentResult, T> parse, string helpName,
        IReadOnlyCollection<string>? suggestions = null)
    {
        var option = new Option<T>(name)
        {
            Description = description,
            HelpName = helpName,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result => parse(result.Tokens[0].Value, result),
        };
        // What a shell completes.
        if (suggestions is not null) option.CompletionSources.Add(_ => suggestions.Select(word => new CompletionItem(word)));
        if (@default is not null) option.DefaultValueFactory = _ => @default;
        return option;
    }

    private static string Plain(string word) => word.Replace("-", "", StringComparison.Ordinal);

    private static string Text(double number) => number.ToString("0.########", CultureInfo.InvariantCulture);
}
